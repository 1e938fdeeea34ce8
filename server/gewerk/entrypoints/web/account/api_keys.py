"""API keys: see, show, rotate, end, make narrower ones (spec 02, keys). What opens a secret asks for the password again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gewerk.config.installation import installation
from gewerk.entrypoints.web.account.pages import account_page
from gewerk.entrypoints.web.account.rotation_picture import OVERLAPS, picture, short_day
from gewerk.entrypoints.web.account.security import confirm_identity
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.formats import Formats, formats_for
from gewerk.identity.access import manages_keys, require
from gewerk.identity.key_access import api_key_for, api_keys
from gewerk.identity.models import ApiKey, Scope, scopes_of
from gewerk.identity.operations.create_key import REMINDER_DAYS, change_key, create_key
from gewerk.identity.operations.reveal_secret import reveal_secret
from gewerk.identity.operations.revoke_key import revoke_key
from gewerk.identity.operations.rotate_secret import revoke_old_secrets, rotate_secret
from gewerk.identity.queries.key_looks import last_look
from gewerk.identity.queries.secrets import active_secret, ended_secrets, overlapping_secrets
from gewerk.kit.refusals import Refusal

_DEFAULT_OVERLAP = 3

REASONS = {
    "planned": gettext_lazy("planned"),
    "reminder": gettext_lazy("Reminder"),
    "suspicion": gettext_lazy("Suspicion"),
}


class NewKey(PageForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("What is it for? For example “ERP sync”.")
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Rights"), choices=Scope.choices, widget=forms.RadioSelect, initial="master_data"
    )
    client_number = forms.CharField(
        label=gettext_lazy("Only one client"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Number of the client (Mandant) in the ERP; empty: all of them."),
    )
    reminder_email = forms.EmailField(
        label=gettext_lazy("Reminder to"),
        required=False,
        help_text=gettext_lazy(
            "Gets a mail after 90 days, when it is time for a new secret. Empty: the administrators."
        ),
    )

    def __init__(self, *args: Any, scopes: Sequence[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(scopes) == 1:
            # A firm's: there is nothing to choose, and no client of an ERP.
            del self.fields["scope"], self.fields["client_number"]
        else:
            choice: Any = self.fields["scope"]
            choice.choices = [(one.value, one.label) for one in scopes]


def _formats(request: HttpRequest) -> Formats:
    organisation = request.organisation  # type: ignore[attr-defined]
    return formats_for(organisation, language=translation.get_language() or "de", now=timezone.now())


@login_required
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The oldest key, with the others beside it."""
    key = api_keys(request.actor).first()  # type: ignore[attr-defined]
    if key is None:
        return account_page(request, "account/api_keys_empty.html")
    return _key_page(request, key)


@login_required
@never_cache
@require_safe
def show(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    return _key_page(request, api_key_for(request.actor, key_id))  # type: ignore[attr-defined]


def _key_page(request: HttpRequest, key: ApiKey, *, secret: str = "") -> HttpResponseBase:
    now, formats = timezone.now(), _formats(request)
    active = active_secret(key)
    keys = list(api_keys(request.actor))  # type: ignore[attr-defined]
    age = (now - active.created_at).days if active else 0
    remind_on = active.created_at + timedelta(days=key.reminder_days) if active and key.reminder_days else None
    sentence = ngettext("%(n)d key is active.", "%(n)d keys are active.", len(keys)) % {"n": len(keys)}
    sentence += " "
    if age:
        sentence += ngettext("This secret is %(n)d day old.", "This secret is %(n)d days old.", age) % {"n": age}
    else:
        sentence += _("This secret was made today.")
    if remind_on and remind_on > now:
        sentence += " " + _("The reminder comes on %(day)s.") % {
            "day": formats.day(remind_on.astimezone(formats.zone).date())
        }
    elif remind_on:
        sentence += " " + _("It is time for a new one.")
    context: dict[str, Any] = {
        "key": key,
        "tabs": [
            {"label": k.name, "url": reverse("account_api_key", args=[k.pk]), "active": k.pk == key.pk} for k in keys
        ],
        "sentence": sentence,
        "active": active,
        "secret": secret,
        "look": last_look(key),
        "used": formats.when(key.last_used_at) if key.last_used_at else "",
        "overlapping": overlapping_secrets(key, now=now),
        "ended": [
            {"secret": s, "at": s.revoked_at or s.valid_until, "reason": REASONS.get(s.revoke_reason, s.revoke_reason)}
            for s in ended_secrets(key, now=now)
        ],
        "reminder_days": REMINDER_DAYS,
        "overlaps": [
            {
                "days": days,
                "until": short_day(formats, now + timedelta(days=days)),
                "checked": days == _DEFAULT_OVERLAP,
            }
            for days in OVERLAPS
        ],
        "reasons": REASONS,
        "picture": picture(overlap_days=_DEFAULT_OVERLAP, token_hours=installation().token_hours, formats=formats),
        "token_hours": installation().token_hours,
    }
    return account_page(request, "account/api_key.html", context)


@login_required
@require_safe
def rotation_picture(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    """The time line for another overlap, when the page's choice changes."""
    api_key_for(request.actor, key_id)  # type: ignore[attr-defined]
    wanted = request.GET.get("overlap", "")
    days = int(wanted) if wanted in {str(d) for d in OVERLAPS} else _DEFAULT_OVERLAP
    drawn = picture(overlap_days=days, token_hours=installation().token_hours, formats=_formats(request))
    return render(request, "account/_rotation_picture.html", {"picture": drawn})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    require(manages_keys(actor))
    form = NewKey(request.POST or None, scopes=scopes_of(request.organisation.kind))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        confirm_identity(request)
        try:
            made = create_key(actor=actor, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The key is there. Show its secret and enter it in your program."))
            return redirect("account_api_key", key_id=made.key.pk)
    return account_page(request, "account/api_key_new.html", {"form": form})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    """Shows the secret in this answer only: nothing of it stays in the session or the address."""
    actor = request.actor  # type: ignore[attr-defined]
    key = api_key_for(actor, key_id)
    if request.method == "GET":
        return redirect("account_api_key", key_id=key_id)
    confirm_identity(request)
    secret = reveal_secret(actor=actor, key_id=key_id, now=timezone.now())
    return _key_page(request, key, secret=secret)


@login_required
@require_POST
def remind(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    key = api_key_for(actor, key_id)
    email = request.POST.get("reminder_email", "").strip()
    days = request.POST.get("reminder_days", "")
    try:
        if email:
            validate_email(email)
        change_key(
            actor=actor,
            key_id=key_id,
            name=key.name,
            reminder_days=int(days) if days.isdigit() else -1,
            reminder_email=email,
            now=timezone.now(),
        )
    except forms.ValidationError:
        messages.error(request, _("This is not an e-mail address. Please check it."))
    except Refusal as refusal:
        messages.error(request, str(refusal.problems[0].message if refusal.problems else refusal.message))
    else:
        messages.success(request, _("Saved."))
    return redirect("account_api_key", key_id=key_id)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def rotate(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    api_key_for(actor, key_id)
    if request.method == "POST":
        confirm_identity(request)
        days = request.POST.get("overlap", "")
        overlap = int(days) if days in {str(d) for d in OVERLAPS} else _DEFAULT_OVERLAP
        reason = request.POST.get("reason", "planned")
        rotate_secret(
            actor=actor,
            key_id=key_id,
            reason=reason if reason in REASONS else "planned",
            overlap=timedelta(days=overlap),
            now=timezone.now(),
        )
        messages.success(request, _("The new secret works. Show it and enter it in your program."))
    return redirect("account_api_key", key_id=key_id)


@login_required
@require_POST
def end_overlap(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    revoke_old_secrets(actor=request.actor, key_id=key_id, now=timezone.now())  # type: ignore[attr-defined]
    messages.success(request, _("The old secret no longer works."))
    return redirect("account_api_key", key_id=key_id)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    api_key_for(actor, key_id)
    if request.method == "GET":
        return redirect("account_api_key", key_id=key_id)
    confirm_identity(request)
    revoke_key(actor=actor, key_id=key_id, now=timezone.now())
    messages.success(request, _("The key has ended; its secrets and tokens no longer work."))
    return redirect("account_api_keys")
