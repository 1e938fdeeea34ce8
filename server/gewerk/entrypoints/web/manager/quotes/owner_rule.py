"""From which gross sum on an owner has to agree to an award. Everybody may look, the administrator changes it."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.orders.forms import AmountField
from gewerk.identity.access import require
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import owner_rule_of
from gewerk.marketplace.operations.owner_approvals import set_owner_rule
from gewerk.projects.operations.limits import sets_limits


class OwnerRuleForm(PageForm):
    amount = AmountField(label=gettext_lazy("From this gross sum on"), required=False)


@require_http_methods(["GET", "POST"])
@managing
def owner_rule(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    from_minor = owner_rule_of(who.actor)
    shown = "" if from_minor is None else who.formats.number(Decimal(from_minor).scaleb(-2))
    form = OwnerRuleForm(request.POST if request.method == "POST" else None, initial={"amount": shown})
    sets = sets_limits(who.actor)
    if request.method == "POST":
        require(sets)
        if form.is_valid():
            try:
                set_owner_rule(actor=who.actor, from_minor=form.cleaned_data["amount"], now=timezone.now())
            except Refusal as refusal:
                if refusal.kind is RefusalKind.FORBIDDEN:
                    raise
                form.refuse(refusal)
            else:
                messages.success(request, _("The rule is saved."))
                return redirect("owner_rule")
    context = {
        "reader": who,
        "form": form,
        "sets": sets,
        "currency": who.organisation.currency,
        "amount": "" if from_minor is None else who.formats.money(from_minor, who.organisation.currency),
        "trail": [
            {"label": _("Requests for quotes"), "url": reverse("quote_requests")},
            {"label": _("Owner's approval")},
        ],
    }
    return render(request, "manager/quotes/owner_rule.html", context, status=422 if form.errors else 200)
