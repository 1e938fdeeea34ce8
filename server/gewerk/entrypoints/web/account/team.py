"""Who works for the organisation, with which role; inviting, changing, ending. For administrators, owners of firms, and the operator."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gewerk.entrypoints.web.account.pages import account_page
from gewerk.entrypoints.web.forms import PageForm
from gewerk.identity.access import manages_team, require
from gewerk.identity.models import OrganisationKind, Role
from gewerk.identity.operations.invitations import invite as invite_by_mail
from gewerk.identity.operations.invitations import withdraw_invitation
from gewerk.identity.operations.memberships import LastAdministrator, MembershipNotFound, change_role, end_membership
from gewerk.identity.queries.team import open_invitations, team
from gewerk.kit.refusals import Refusal

ROLES = {
    OrganisationKind.MANAGER: (
        (Role.HOUSING_OFFICER, gettext_lazy("sees the whole stock and corrects it by hand")),
        (Role.HOUSING_MANAGER, gettext_lazy("as the housing officer, and answers for properties")),
        (Role.FINANCE_OFFICER, gettext_lazy("sees the whole stock, changes nothing in it")),
        (Role.CARETAKER, gettext_lazy("sees and does the orders of their crew, nothing else")),
        (Role.ADMIN, gettext_lazy("everything, also company, team and API keys")),
    ),
    OrganisationKind.FIRM: (
        (Role.FITTER, gettext_lazy("sees the firm's orders and reports the work")),
        (Role.DISPATCHER, gettext_lazy("as the fitter, and accepts or declines orders for the firm")),
        (Role.FIRM, gettext_lazy("everything, also company and team")),
    ),
    OrganisationKind.OPERATOR: (
        (Role.OPERATOR, gettext_lazy("vets firms, keeps the catalogue, sees organisations; no manager's stock")),
    ),
}


def _roles(request: HttpRequest) -> tuple[tuple[Role, Any], ...]:
    """What the organisation's own people may be, and what each may do."""
    return ROLES[OrganisationKind(request.organisation.kind)]  # type: ignore[attr-defined]


class InviteForm(PageForm):
    email = forms.EmailField(label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args: Any, roles: tuple[tuple[Role, Any], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, role.label) for role, _what in roles]
        field.initial = roles[0][0].value


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    people, invited = list(team(actor, now=now)), list(open_invitations(actor, now=now))
    sentence = ngettext("%(n)d person has access.", "%(n)d people have access.", len({m.person_id for m in people}))
    return account_page(
        request,
        "account/team.html",
        {
            "team": people,
            "invitations": invited,
            "sentence": sentence % {"n": len({m.person_id for m in people})},
            "roles": _roles(request),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    require(manages_team(actor))
    form = InviteForm(request.POST or None, roles=_roles(request))
    if request.method == "POST" and form.is_valid():
        try:
            invite_by_mail(actor=actor, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The invitation is on its way. It is valid for 14 days."))
            return redirect("account_team")
    return account_page(request, "account/team_invite.html", {"form": form, "roles": _roles(request)})


@login_required
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, membership_id: UUID) -> HttpResponseBase:
    """Look at one colleague; POST gives another role."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    membership = team(actor, now=now).filter(pk=membership_id).first()
    if membership is None:
        raise MembershipNotFound
    refused = ""
    if request.method == "POST":
        try:
            change_role(actor=actor, membership_id=membership_id, role=request.POST.get("role", ""), now=now)
        except Refusal as refusal:
            refused = str(refusal.message)
        else:
            messages.success(request, _("The role is changed."))
            return redirect("account_team")
    return account_page(
        request,
        "account/team_member.html",
        {
            "membership": membership,
            "roles": _roles(request),
            "refused": refused,
            "is_me": membership.person_id == request.user.pk,
        },
    )


@login_required
@require_POST
def end(request: HttpRequest, membership_id: UUID) -> HttpResponseBase:
    """Take the access away at once."""
    try:
        end_membership(actor=request.actor, membership_id=membership_id, now=timezone.now())  # type: ignore[attr-defined]
    except LastAdministrator as refusal:
        messages.error(request, str(refusal.message))
        return redirect("account_team_member", membership_id=membership_id)
    messages.success(request, _("The access has ended."))
    return redirect("account_team")


@login_required
@require_POST
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponseBase:
    withdraw_invitation(actor=request.actor, invitation_id=invitation_id, now=timezone.now())  # type: ignore[attr-defined]
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("account_team")
