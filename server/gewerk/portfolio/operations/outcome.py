"""The answer for one record of a batch: never half a record, and one record's rejection does not hurt the others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.kit.refusals import FieldProblem

MESSAGES: dict[str, Promise] = {
    "invalid_record": _("Some fields of the record are wrong."),
    "duplicate_in_batch": _("This id stands more than once in the batch; none of these records was taken."),
    "unknown_property": _("There is no property with this id. Send properties before their units."),
    "unknown_unit": _("There is no unit with this id. Send units before tenants and landlords."),
    "unknown_group": _("There is no property group with this id. Send the groups first."),
    "outside_client": _("This API key is limited to another client number."),
    "required": _("This field is missing; a new record needs it."),
    "not_found": _("There is no record with this id."),
    "taken": _("Another record already has this external id."),
    "external_id_taken": _("Another record already has this external id."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record was rejected. Pointers begin at the whole body: ``/records/3/usage``."""

    code: str
    errors: tuple[FieldProblem, ...]

    @property
    def detail(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True, slots=True)
class Rejected:
    """Takes the place of a record that is not taken."""

    external_id: str | None
    type: str | None
    problem: Problem


@dataclass(slots=True)
class Outcome:
    external_id: str | None
    type: str | None
    status: str
    """``created``, ``updated``, ``unchanged``, ``archived``, ``renamed`` or ``rejected``."""
    id: UUID | None = None
    problem: Problem | None = None


Sent: TypeAlias = "dict[str, Any] | Rejected"


def problem(code: str, pointer: str, *, as_code: str | None = None) -> Problem:
    """A problem with one field."""
    return Problem(as_code or code, (FieldProblem(pointer, code, str(MESSAGES[code])),))


def without_duplicates(records: Sequence[Sent], *, default_type: str) -> list[Sent]:
    """Every record whose (type, external id) stands more than once is rejected, the malformed ones counted too."""
    marks = [
        (r.type or default_type, r.external_id)
        if isinstance(r, Rejected)
        else (r.get("type", default_type), r["external_id"])
        for r in records
    ]
    counts = Counter(marks)
    if len(counts) == len(marks):
        return list(records)
    return [
        Rejected(mark[1], mark[0], problem("duplicate_in_batch", f"/records/{index}/external_id"))
        if counts[mark] > 1 and mark[1] is not None
        else record
        for index, (record, mark) in enumerate(zip(records, marks, strict=True))
    ]


def by_type(
    records: Sequence[Sent], types: Sequence[str]
) -> tuple[list[Outcome | None], dict[str, list[tuple[int, dict[str, Any]]]]]:
    """Outcomes with the rejected records' filled in, and the others with their places, by type in the order of ``types``."""
    outcomes: list[Outcome | None] = [None] * len(records)
    placed: dict[str, list[tuple[int, dict[str, Any]]]] = {one: [] for one in types}
    for index, record in enumerate(records):
        if isinstance(record, Rejected):
            outcomes[index] = Outcome(record.external_id, record.type, "rejected", None, record.problem)
        else:
            placed[record.get("type", types[0])].append((index, record))
    return outcomes, placed
