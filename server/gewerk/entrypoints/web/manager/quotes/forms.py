"""Forms of a request for quotes."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gewerk.entrypoints.web.forms import LongSelect, PageForm
from gewerk.entrypoints.web.manager.orders.forms import AmountField, long_field
from gewerk.marketplace.operations.prepare import MOST_FIRMS
from gewerk.marketplace.states import Mode

DIRECT = "direct"
"""No mode of a request: the order is awarded without one."""
HAND, RULE = "hand", "rule"


class RequestForm(PageForm):
    """What is asked, until when, of whom."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    service = forms.ChoiceField(
        label=_("Service"),
        required=False,
        widget=LongSelect,
        help_text=_("From the catalogue: it says which trade may do it and which evidence is asked for."),
    )
    mode = forms.ChoiceField(
        label=_("How do you ask?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Mode.REQUEST_FOR_QUOTES.value, _("Request for quotes: sealed until the deadline, then side by side")),
            (
                Mode.FIXED_PRICE_OFFER.value,
                _("Fixed-price offer: your prices, one firm after the other, each in its hours"),
            ),
            (DIRECT, _("Award directly: at a framework price or to a firm you trust, without this request")),
        ],
    )
    text = long_field(_("Description"), 20_000, rows=4)
    deadline_day = forms.DateField(
        label=_("Quotes until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    deadline_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    claim_hours = forms.IntegerField(
        label=_("Hours for each firm"),
        required=False,
        min_value=1,
        max_value=240,
        help_text=_("Only for a fixed-price offer: so long each firm has the job to itself."),
    )
    start_date = forms.DateField(
        label=_("Wished begin"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    budget_minor = AmountField(label=_("Budget, gross"), required=False)
    budget_shown = forms.BooleanField(label=_("Show the budget to the firms"), required=False)
    visit_possible = forms.BooleanField(label=_("The firms may look at it before"), required=False)
    visit_note = forms.CharField(label=_("When and how"), max_length=300, required=False)
    invite_by = forms.ChoiceField(
        label=_("Who is invited?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(HAND, _("the firms ticked below")), (RULE, _("by rule: the first of the order below"))],
    )
    best = forms.IntegerField(label=_("How many by rule"), required=False, min_value=1, max_value=MOST_FIRMS)
    open_to_market = forms.BooleanField(
        label=_("Open to the marketplace"),
        required=False,
        help_text=_("Every vetted firm for this service that works there may take part as well."),
    )
    firm_ids = forms.MultipleChoiceField(label=_("Firms"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, firms: list[tuple[str, str]], services: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["firm_ids"]
        choices.choices = firms
        menu: Any = self.fields["service"]
        menu.choices = [("", _("not named: no evidence is asked for")), *services]

    def fields_given(self) -> dict[str, Any]:
        """As ``change_request`` takes them; the deadline is a moment on the organisation's clock."""
        given = {name: self.cleaned_data[name] for name in _PLAIN}
        given |= {name: self.cleaned_data[name] for name in ("mode", "claim_hours") if self.cleaned_data[name]}
        day = self.cleaned_data.get("deadline_day")
        at = self.cleaned_data.get("deadline_time") or time(12, 0)
        given["deadline_at"] = (
            timezone.make_aware(datetime.combine(day, at), timezone.get_current_timezone()) if day else None
        )
        return given


_PLAIN = (
    "title",
    "text",
    "service",
    "start_date",
    "budget_minor",
    "budget_shown",
    "visit_possible",
    "visit_note",
    "open_to_market",
)
