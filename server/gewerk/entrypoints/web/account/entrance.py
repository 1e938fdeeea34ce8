"""Getting in: the start page for everybody, login links, the demo's logins, the first operator, invitations."""

from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gewerk.config.installation import installation
from gewerk.entrypoints.web.account.forms import AcceptInvitation, AskForLink, FirstOperatorForm
from gewerk.entrypoints.web.manager.start import start
from gewerk.entrypoints.web.refusals import too_many
from gewerk.identity.access import is_caretaker, operates, sees_stock, works_for_firm
from gewerk.identity.links import invitation_of, login_link_of
from gewerk.identity.models import Person, Role
from gewerk.identity.operations import invitations, login_links
from gewerk.identity.operations.first_operator import AlreadySetUp, FirstOperator, create_first_operator, is_empty
from gewerk.identity.operations.profile import update_profile
from gewerk.journeys.set_up_demo import DEMO_PEOPLE, demo_person
from gewerk.kit.refusals import Refusal


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Everybody's first address: leads each role to its own start page, and strangers to where they can get in."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        if installation().demo:
            return render(request, "account/demo_start.html", {"people": DEMO_PEOPLE})
        return redirect("first_operator" if is_empty() else settings.LOGIN_URL)
    if sees_stock(actor):
        return start(request)
    if operates(actor):
        return redirect("operator_organisations")
    return redirect("firm_jobs" if works_for_firm(actor) or is_caretaker(actor) else "tenant_home")


def let_in(request: HttpRequest, person: Person, *, method: str, next_url: str | None = None) -> HttpResponse:
    """Log in whoever has proved to hold the mail address; a second factor is still asked for."""
    record_authentication(request, person, method=method)
    response: HttpResponse = perform_login(request, person, redirect_url=next_url or settings.LOGIN_REDIRECT_URL)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def ask_for_login_link(request: HttpRequest) -> HttpResponseBase:
    """One answer whether the address is known or not."""
    form = AskForLink(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        if not ratelimit.consume(request, action="login_link", key=email):
            return too_many(request)
        with transaction.atomic():
            login_links.request_login_link(email=email, now=timezone.now())
        return render(request, "account/login_link_sent.html", {"email": email})
    return render(request, "account/login_link.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def open_login_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Opening shows a button: whatever fetches links from mails (virus scanners) must not use the link up."""
    now = timezone.now()
    link = login_link_of(token)
    if not login_links.is_open(link, now=now):
        return render(request, "account/login_link_over.html", status=409)
    if request.method == "GET":
        return render(request, "account/login_link_open.html", {"email": link.person.email})
    try:
        with transaction.atomic():
            person = login_links.use_login_link(link=link, now=now)
    except login_links.LinkIsUsedUp:
        return render(request, "account/login_link_over.html", status=409)
    wants_password = "password" in request.POST
    return let_in(
        request, person, method="login_link", next_url="/account/security/password/" if wants_password else None
    )


@require_POST
def demo_login(request: HttpRequest, role: str) -> HttpResponseBase:
    """One click into a role. There is no such address outside a demo installation."""
    if not installation().demo:
        raise Http404
    person = demo_person(role)
    if person is None:
        raise Http404
    return let_in(request, person, method="demo")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first_operator(request: HttpRequest) -> HttpResponseBase:
    """Only while nobody is there yet."""
    if installation().demo or not is_empty():
        raise Http404
    form = FirstOperatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="login"):
            return too_many(request)
        try:
            person = create_first_operator(given=FirstOperator(**form.cleaned_data), now=timezone.now())
        except AlreadySetUp:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Gewerk is set up. Welcome."))
            return let_in(request, person, method="first_operator")
    return render(request, "account/first_operator.html", {"form": form})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whoever holds the mail joins; somebody new gives name and password."""
    now = timezone.now()
    invitation = invitation_of(token)
    if not invitations.is_open(invitation, now=now):
        raise invitations.InvitationIsOver
    if request.actor is None:  # type: ignore[attr-defined]
        translation.activate(invitation.organisation.language)
    known = Person.objects.filter(email=invitation.email).first()
    form = None if known else AcceptInvitation(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            person = invitations.accept_invitation(
                invitation=invitation, now=now, **({} if form is None else form.cleaned_data)
            )
        except invitations.InvitationIsOver:
            raise
        except Refusal as refusal:
            if form is None:
                raise
            form.refuse(refusal)
        else:
            if request.user.is_authenticated and request.user.pk == person.pk:
                request.session["organisation"] = str(invitation.organisation_id)
                return redirect("home")
            response = let_in(request, person, method="invitation")
            request.session["organisation"] = str(invitation.organisation_id)
            return response
    return render(
        request,
        "account/invitation.html",
        {"form": form, "invitation": invitation, "role": Role(invitation.role).label, "known": known is not None},
    )


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """German or English; somebody logged in keeps it, others get a cookie."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        update_profile(
            actor=request.actor,  # type: ignore[attr-defined]
            person=request.user,
            fields={"language": language},
            now=timezone.now(),
        )
    came_from = request.POST.get("next", "/")
    response = redirect(came_from if came_from.startswith("/") and not came_from.startswith(("//", "/\\")) else "/")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=31536000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@login_required
@require_POST
def switch_organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponseBase:
    """Work for another of one's organisations; somebody else's is not found."""
    if not any(m.organisation_id == organisation_id for m in request.memberships):  # type: ignore[attr-defined]
        raise Http404
    request.session["organisation"] = str(organisation_id)
    return redirect("home")


@require_safe
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """For ``up`` and load balancers: the process answers and the database does."""
    Person.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")
