"""Who lives in a unit, as a line of a table says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.portfolio.models import SubProperty
from gewerk.portfolio.queries.occupants import Stay
from gewerk.portfolio.queries.property_page import UnitRow

NEAR = timedelta(days=180)
"""A contract that ends within it says until when it runs, not since when."""


@dataclass(frozen=True, slots=True)
class PersonLink:
    name: str
    url: str
    id: str


@dataclass(frozen=True, slots=True)
class Living:
    """One cell: people, or the sentence that says why there are none, with a date below."""

    people: Sequence[PersonLink]
    sentence: str
    icon: str
    note: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: SubProperty
    url: str
    number: str
    place: str
    usage: str
    area: str
    before: Living
    now: Living
    next: Living
    vacant: bool
    without_tenant: bool


def _people(stays: Sequence[Stay]) -> tuple[PersonLink, ...]:
    return tuple(
        PersonLink(s.name or _("Without name"), reverse("sub_property", args=[s.party_id]), str(s.party_id))
        for s in stays
    )


def _nobody() -> Living:
    return Living((), "", "", "")


def _now(row: UnitRow, formats: Formats) -> Living:
    if stays := row.tenants.now:
        first = stays[0]
        if first.end is not None and first.end - formats.today <= NEAR:
            note = _("until %(day)s") % {"day": formats.day(first.end)}
        else:
            note = _("since %(day)s") % {"day": formats.day(first.start)} if first.start else ""
        return Living(_people(stays), "", "user-round", note)
    if row.is_let_without_tenant:
        return Living((), _("Let, tenant not sent"), "user-round-x", "")
    if row.is_vacant:
        since = row.tenants.empty_since
        return Living((), _("vacant"), "door-open", _("since %(day)s") % {"day": formats.day(since)} if since else "")
    return Living((), _("not known"), "circle-help", "")


def unit_line(row: UnitRow, formats: Formats) -> UnitLine:
    before, after = row.tenants.before, row.tenants.next
    ended = before[0].end if before else None
    starts = after[0].start if after else None
    return UnitLine(
        unit=row.unit,
        url=reverse("sub_property", args=[row.unit.pk]),
        number=number_of(row.unit),
        place=words.position(row.unit) or words.unit_title(row.unit),
        usage=words.usage(row.unit),
        area=formats.area(row.area_m2) if row.area_m2 is not None else "–",
        before=Living(_people(before), "", "history", _("until %(day)s") % {"day": formats.day(ended)})
        if ended
        else _nobody(),
        now=_now(row, formats),
        next=Living(_people(after), "", "user-round", _("from %(day)s") % {"day": formats.day(starts)})
        if starts
        else _nobody(),
        vacant=row.is_vacant,
        without_tenant=row.is_let_without_tenant,
    )


def number_of(unit: SubProperty) -> str:
    """The unit's own number: what its id adds to the building's, else its name."""
    whole = unit.external_id or ""
    if unit.property is not None and unit.property.external_id:
        start = unit.property.external_id
        if whole.startswith(start) and len(whole) > len(start) + 1:
            return whole[len(start) + 1 :]
    return whole or unit.name
