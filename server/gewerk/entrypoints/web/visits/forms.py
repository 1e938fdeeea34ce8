"""Times as people enter them: a day, from, to; in the organisation's own clock."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.forms import PageForm
from gewerk.kit.refusals import Refusal
from gewerk.scheduling.notice import Purpose
from gewerk.scheduling.operations.answer import SlotIsGone
from gewerk.scheduling.operations.moving import Span
from gewerk.scheduling.wall_time import NoSuchTime, moment_of

ROWS = 3
"""Times that may be offered at once on a page. One is enough."""


def _date_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time", "step": "900"}, format="%H:%M")
    )


class TimesForm(PageForm):
    """Up to three times, and a reason where one is needed. ``spans`` holds the moments once the form is valid."""

    def __init__(self, *args: Any, zone: ZoneInfo, needs_reason: bool = False, rows: int = ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.rows = rows
        self.spans: list[Span] = []
        for row in range(rows):
            self.fields[f"day_{row}"] = _date_field(_("Day"))
            self.fields[f"from_{row}"] = _time_field(_("from"))
            self.fields[f"to_{row}"] = _time_field(_("to"))
        if needs_reason:
            self.fields["reason"] = forms.CharField(
                label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )

    def lines(self) -> list[dict[str, forms.BoundField]]:
        """The bound fields row by row, for the template."""
        return [{name: self[f"{name}_{row}"] for name in ("day", "from", "to")} for row in range(self.rows)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rows_of_spans = []
        for row in range(self.rows):
            span = self._span(cleaned, row)
            if span is not None:
                rows_of_spans.append(row)
                self.spans.append(span)
        self._row_of_span = rows_of_spans
        if not self.spans and not self.errors:
            self.add_error("day_0", _("Enter at least one time."))
        return cleaned

    def _span(self, cleaned: Mapping[str, Any], row: int) -> Span | None:
        day, begins, ends = (cleaned.get(f"{name}_{row}") for name in ("day", "from", "to"))
        if day is None and begins is None and ends is None:
            return None
        for name, value in (("day", day), ("from", begins), ("to", ends)):
            if value is None and f"{name}_{row}" not in self.errors:
                self.add_error(f"{name}_{row}", _("Please complete this time: day, from and to."))
        if not (isinstance(day, date) and isinstance(begins, time) and isinstance(ends, time)):
            return None
        return self._moments(day, begins, ends, row)

    def _moments(self, day: date, begins: time, ends: time, row: int) -> Span | None:
        moments: list[datetime] = []
        for name, at in (("from", begins), ("to", ends)):
            try:
                moments.append(moment_of(day, at, self.zone))
            except NoSuchTime as gap:
                self.add_error(f"{name}_{row}", str(gap.message))
        return Span(*moments) if len(moments) == 2 else None

    def refuse(self, refusal: Refusal) -> None:
        """A refused slot's problem stands at its day."""
        others = []
        for problem in refusal.problems:
            place = problem.pointer.removeprefix("/slots/")
            if place.isdigit() and int(place) < len(self._row_of_span):
                self.add_error(f"day_{self._row_of_span[int(place)]}", problem.message)
            else:
                others.append(problem)
        if others or not refusal.problems:
            super().refuse(refusal)


class ArrangeForm(TimesForm):
    """Propose or announce: times, and why somebody comes."""

    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=Purpose.choices, initial=Purpose.REPAIR)


def slot_of(text: str) -> UUID:
    """The id that the button sent. Raises SlotIsGone for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise SlotIsGone from None


class ReasonForm(PageForm):
    """Why, in a few words."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
