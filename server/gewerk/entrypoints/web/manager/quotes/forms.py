"""Forms of a request for quotes."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.orders.forms import AmountField, long_field


class RequestForm(PageForm):
    """What is asked, until when, of whom."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    service = forms.ChoiceField(
        label=_("Service"),
        required=False,
        help_text=_("By it the evidence of the firms is checked: without one, nobody's is."),
    )
    text = long_field(_("Description"), 20_000, rows=4)
    deadline_day = forms.DateField(
        label=_("Quotes until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    deadline_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    start_date = forms.DateField(
        label=_("Wished begin"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    budget_minor = AmountField(label=_("Budget, gross"), required=False)
    budget_shown = forms.BooleanField(label=_("Show the budget to the firms"), required=False)
    visit_possible = forms.BooleanField(label=_("The firms may look at it before"), required=False)
    visit_note = forms.CharField(label=_("When and how"), max_length=300, required=False)
    firm_ids = forms.MultipleChoiceField(
        label=_("Firms of your list"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, firms: list[tuple[str, str]], services: list[Any], **kwargs: Any) -> None:
        """``services``: (code, name), or (trade, such pairs)."""
        super().__init__(*args, **kwargs)
        for name, choices in (("firm_ids", firms), ("service", services)):
            field: Any = self.fields[name]
            field.choices = choices

    def fields_given(self) -> dict[str, Any]:
        """As ``change_request`` takes them; the deadline is a moment on the organisation's clock."""
        given = {name: self.cleaned_data[name] for name in _PLAIN}
        day = self.cleaned_data.get("deadline_day")
        at = self.cleaned_data.get("deadline_time") or time(12, 0)
        given["deadline_at"] = (
            timezone.make_aware(datetime.combine(day, at), timezone.get_current_timezone()) if day else None
        )
        return given


_PLAIN = ("title", "service", "text", "start_date", "budget_minor", "budget_shown", "visit_possible", "visit_note")
