"""May this firm take this service here and today? One question, one place: the manager's own list, then the firm's evidence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import CharField, DateField, UUIDField
from django.utils.translation import gettext as _

from gewerk.firms.gate_words import missing_words
from gewerk.firms.gates import MissingEvidence, may_be_awarded, may_take_of_many
from gewerk.firms.models import GateOverride, ListedFirm, Standing
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared

LISTING, BLOCKED = "listing", "blocked"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    open: bool
    missing: tuple[str, ...] = ()
    """``listing``, ``blocked``, or kinds of evidence of the country's catalogue."""
    gaps: tuple[MissingEvidence, ...] = ()
    """Of the evidence: the same kinds, each with why it does not count."""


def may_take(*, organisation_id: UUID, firm_id: UUID, service: str, country: str, on: date) -> GateAnswer:
    """For the manager ``organisation_id``. A firm that is not on its list needs a service whose evidence is whole.

    A request that names no service asks for no evidence: the manager's list alone counts.
    """
    standing = _standings(organisation_id, [firm_id]).get(firm_id)
    if standing == Standing.BLOCKED:
        return GateAnswer(open=False, missing=(BLOCKED,))
    if not service:
        return GateAnswer(open=True) if standing else GateAnswer(open=False, missing=(LISTING,))
    found = may_be_awarded(organisation_id, firm_id, service, country, on)
    return GateAnswer(open=True) if found.open else _shut(found.missing)


def may_take_each(
    *,
    organisation_id: UUID,
    firm_ids: Collection[UUID],
    service: str,
    country: str,
    on: date,
    standings: Mapping[UUID, str] | None = None,
) -> dict[UUID, GateAnswer]:
    """As ``may_take``, for a list of firms: six queries, and one for each firm with an override. ``standings``: of those on the manager's
    list, where they have been asked for."""
    if not firm_ids:
        return {}
    standing = _standings(organisation_id, firm_ids) if standings is None else standings
    if not service:
        return {
            one: GateAnswer(open=False, missing=(BLOCKED,))
            if standing.get(one) == Standing.BLOCKED
            else GateAnswer(open=True)
            if one in standing
            else GateAnswer(open=False, missing=(LISTING,))
            for one in firm_ids
        }
    overridden = set(_overridden(manager=organisation_id, firms=firm_ids, service=service, on=on))
    found = may_take_of_many(firm_ids, service, country, on)
    answers = {}
    for one in firm_ids:
        if standing.get(one) == Standing.BLOCKED:
            answers[one] = GateAnswer(open=False, missing=(BLOCKED,))
            continue
        gate = found[one]
        if not gate.open and one in overridden:
            gate = may_be_awarded(organisation_id, one, service, country, on)
        answers[one] = GateAnswer(open=True) if gate.open else _shut(gate.missing)
    return answers


def gate_words(answer: GateAnswer, country: str) -> list[str]:
    """What stands in the way, for the manager's people, each in a few words; empty when the gate is open."""
    own = {LISTING: _("The firm is not on your list"), BLOCKED: _("The firm is blocked on your list")}
    return [own[code] for code in answer.missing if code in own] + [missing_words(country, one) for one in answer.gaps]


def gate_words_for_firm(answer: GateAnswer, country: str) -> list[str]:
    """As ``gate_words``, for the firm itself: it does not read how it stands on the manager's list."""
    words = [missing_words(country, one) for one in answer.gaps]
    return words or ([_("the manager's consent; please ask the manager")] if answer.missing else [])


_listed = prepared(
    lambda: ListedFirm.objects.filter(
        organisation_id=Given("manager", UUIDField()), firm__id__among=GivenMany("firms", UUIDField())
    ).values_list("firm_id", "standing")
)
_overridden = prepared(
    lambda: GateOverride.objects.filter(
        organisation_id=Given("manager", UUIDField()),
        firm__id__among=GivenMany("firms", UUIDField()),
        service_code=Given("service", CharField()),
        valid_until__gte=Given("on", DateField()),
    ).values_list("firm_id", flat=True)
)


def _standings(organisation_id: UUID, firm_ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(_listed(manager=organisation_id, firms=firm_ids))


def _shut(gaps: tuple[MissingEvidence, ...]) -> GateAnswer:
    return GateAnswer(open=False, missing=tuple(one.kind for one in gaps), gaps=gaps)
