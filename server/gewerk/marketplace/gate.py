"""May this firm take this service here and today? One question, one place: the manager's own list, then the firm's evidence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.firms.gate_words import all_missing_words
from gewerk.firms.gates import MissingEvidence, may_be_awarded_of_many
from gewerk.firms.models import ListedFirm, Standing


@dataclass(frozen=True, slots=True)
class GateAnswer:
    open: bool
    missing: tuple[str, ...] = ()
    """``listing``, ``blocked``, or kinds of evidence of the country's catalogue."""
    evidence: tuple[MissingEvidence, ...] = ()
    """What exactly is wrong with these kinds."""


_OF_LIST: dict[str, Promise] = {
    "listing": _("the firm is not on your list"),
    "blocked": _("the firm is blocked on your list"),
}


def missing_words(answer: GateAnswer, country: str) -> str:
    """In the reader's language; empty while the gate is open."""
    return ", ".join(str(_OF_LIST[code]) for code in answer.missing if code in _OF_LIST) or all_missing_words(
        country, answer.evidence
    )


def may_take(*, organisation_id: UUID, firm_id: UUID, service: str, country: str, on: date) -> GateAnswer:
    """For the manager ``organisation_id``. A request that names no service asks for no evidence: the manager's list alone counts."""
    return may_take_of_many(
        organisation_id=organisation_id, firm_ids=[firm_id], service=service, country=country, on=on
    )[firm_id]


def may_take_of_many(
    *, organisation_id: UUID, firm_ids: Collection[UUID], service: str, country: str, on: date
) -> dict[UUID, GateAnswer]:
    """As ``may_take``, for a list of firms: the number of queries does not grow with it."""
    standing = dict(
        ListedFirm.objects.filter(organisation_id=organisation_id, firm_id__in=firm_ids).values_list(
            "firm_id", "standing"
        )
    )
    answers = {}
    for firm_id in firm_ids:
        if firm_id not in standing:
            answers[firm_id] = GateAnswer(open=False, missing=("listing",))
        elif standing[firm_id] == Standing.BLOCKED:
            answers[firm_id] = GateAnswer(open=False, missing=("blocked",))
        else:
            answers[firm_id] = GateAnswer(open=True)
    welcome = [firm_id for firm_id, answer in answers.items() if answer.open]
    if not service or not welcome:
        return answers
    for firm_id, found in may_be_awarded_of_many(organisation_id, welcome, service, country, on).items():
        if not found.open:
            kinds = tuple(one.kind for one in found.missing)
            answers[firm_id] = GateAnswer(open=False, missing=kinds, evidence=found.missing)
    return answers
