"""Oneself: names, language, the organisations one works for."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.account.pages import account_page
from gewerk.entrypoints.web.countries import language_choices
from gewerk.entrypoints.web.forms import PageForm
from gewerk.identity.models import Membership, Role
from gewerk.identity.operations.profile import update_profile
from gewerk.kit.refusals import Refusal


class ProfileForm(PageForm):
    salutation = forms.ChoiceField(
        label=gettext_lazy("Salutation"),
        required=False,
        choices=[("", gettext_lazy("none")), ("ms", gettext_lazy("Ms")), ("mr", gettext_lazy("Mr"))],
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=lambda: [("", _("as the organisation")), *language_choices()],
    )


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    person = request.user
    initial = {name: getattr(person, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            update_profile(
                actor=request.actor,  # type: ignore[attr-defined]
                person=person,  # type: ignore[arg-type]
                fields=form.cleaned_data,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("account")
    return account_page(request, "account/profile.html", {"form": form, "workplaces": _workplaces(request)})


def _workplaces(request: HttpRequest) -> list[dict[str, object]]:
    """One line per organisation with all of one's roles there."""
    by_id: dict[object, dict[str, object]] = {}
    memberships: list[Membership] = request.memberships  # type: ignore[attr-defined]
    for membership in memberships:
        line = by_id.setdefault(
            membership.organisation_id,
            {
                "organisation": membership.organisation,
                "current": membership.organisation_id == request.organisation.pk,  # type: ignore[attr-defined]
                "roles": [],
                "ends_date": membership.ends_date,
            },
        )
        line["roles"].append(str(Role(membership.role).label))  # type: ignore[attr-defined]
    return list(by_id.values())
