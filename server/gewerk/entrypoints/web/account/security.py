"""One's own security: password, second factors, passkeys, recovery codes, where one is logged in."""

import re
import time
from typing import cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gewerk.entrypoints.web.account.forms import NewPassword
from gewerk.entrypoints.web.account.pages import account_page
from gewerk.identity.models import Person
from gewerk.identity.operations.passwords import set_password
from gewerk.kit.refusals import Refusal

_SHOWN = 10
"""Sessions listed; whoever has more ends the others at once."""

FRESH_SECONDS = 300
"""As long as allauth's re-authentication holds."""


@login_required
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    person = cast("Person", request.user)
    factors: dict[str, list[Authenticator]] = {}
    for factor in Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at"):
        factors.setdefault(factor.type, []).append(factor)
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    sessions = UserSession.objects.purge_and_list(request.user)
    for session in sessions:
        session.device = device(session.user_agent)
        session.here = session.session_key == request.session.session_key
    sessions.sort(key=lambda s: (not s.here, -s.last_seen_at.timestamp()))
    return account_page(
        request,
        "account/security.html",
        {
            "has_password": person.has_usable_password(),
            "app": next(iter(factors.get(Authenticator.Type.TOTP, [])), None),
            "passkeys": [
                {"id": f.pk, "name": f.wrap().name, "created_at": f.created_at, "last_used_at": f.last_used_at}
                for f in factors.get(Authenticator.Type.WEBAUTHN, [])
            ],
            "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
            "sessions": sessions[:_SHOWN],
            "more_sessions": max(0, len(sessions) - _SHOWN),
        },
    )


def confirm_identity(request: HttpRequest) -> None:
    """Ask for password or second factor again unless that was less than five minutes ago; the form sent is taken up afterwards."""
    raise_if_reauthentication_required(request, app="gewerk")


def logged_in_just_now(request: HttpRequest) -> bool:
    """Whatever way was used within five minutes: a login link too, for whoever forgot the password."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < FRESH_SECONDS


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    if not logged_in_just_now(request):
        raise ReauthenticationRequired
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_password(
                actor=request.actor,  # type: ignore[attr-defined]
                person=request.user,  # type: ignore[arg-type]
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
            messages.success(request, _("The password is changed. All other devices are logged out."))
            return redirect("mfa_index")
    return account_page(request, "account/password.html", {"form": form})


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponseBase:
    """One of one's own; somebody else's is not found."""
    session = UserSession.objects.filter(pk=session_id, user_id=request.user.pk).first()
    if session is None:
        raise Http404
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(request, _("That device is logged out."))
    return redirect("mfa_index")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponseBase:
    for session in UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key):
        session.end()
    messages.success(request, _("All other devices are logged out."))
    return redirect("mfa_index")


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    (r"iPhone|iPad", "iOS"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X", "macOS"),
    (r"Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Browser and system in two words, as far as the browser tells."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if re.search(sign, user_agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
