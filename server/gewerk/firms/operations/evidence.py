"""A firm shows a paper; somebody else, of the operator, confirms or refuses it. Nobody decides on their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.catalogue.queries import catalogue_of
from gewerk.files.models import FileLink
from gewerk.firms.access import evidence_to_decide, may_submit_for
from gewerk.firms.models import Evidence, EvidenceState
from gewerk.firms.operations.list_firm import Stale
from gewerk.identity.access import require
from gewerk.identity.models import Membership, Organisation, OrganisationKind
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

OBJECT = "evidence"
"""As the journal and the links of files name it."""


class EvidenceIsInvalid(Refusal):
    code = "evidence_invalid"
    message = _("Please check your entries.")


class OwnEvidence(Refusal):
    kind = RefusalKind.FORBIDDEN
    code = "own_evidence"
    message = _("You entered this yourself, or you belong to the firm. Somebody else of the operator must decide.")


class NothingToSee(Refusal):
    kind = RefusalKind.CONFLICT
    code = "evidence_without_file"
    message = _("No file hangs on this evidence, so there is nothing to confirm. Refuse it and say so.")


class AlreadyDecided(Refusal):
    kind = RefusalKind.CONFLICT
    code = "evidence_decided"
    message = _("This evidence has been decided on already.")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is said of a paper. Sum in minor units of the currency of the country's catalogue."""

    kind: str
    issuer: str
    valid_from: date
    valid_until: date | None = None
    number: str = ""
    insured_minor: int | None = None
    trades: Sequence[str] = ()


def submit_evidence(*, actor: Actor, firm_id: UUID, paper: Paper, now: datetime) -> Evidence:
    """By the firm's owner or dispatchers, or entered for it by the operator. Raises EvidenceIsInvalid, NoCatalogue, FORBIDDEN."""
    require(may_submit_for(actor, firm_id))
    firm = Organisation.objects.get(pk=firm_id, kind=OrganisationKind.FIRM)
    catalogue = catalogue_of(firm.country)
    _check(firm.country, paper)
    assert actor.id is not None
    kind = catalogue.evidence[paper.kind]
    made = Evidence.objects.create(
        firm=firm,
        country=firm.country,
        kind=paper.kind,
        trades=sorted(set(paper.trades)) if kind.per_trade else [],
        number=paper.number.strip(),
        issuer=paper.issuer.strip(),
        valid_from=paper.valid_from,
        valid_until=paper.valid_until,
        insured_minor=paper.insured_minor if kind.minimum_minor is not None else None,
        currency=catalogue.currency if kind.minimum_minor is not None else "",
        submitted_by_id=actor.id,
        submitted_at=now,
    )
    _told(actor, "submitted", made, now)
    return made


def confirm_evidence(*, actor: Actor, evidence_id: UUID, version: int | None = None, now: datetime) -> Evidence:
    """Raises EvidenceNotFound, OwnEvidence, NothingToSee, AlreadyDecided, Stale."""
    found = _to_decide(actor, evidence_id, version)
    if found.state != EvidenceState.SUBMITTED:
        raise AlreadyDecided
    if not FileLink.objects.filter(object_type=OBJECT, object_id=found.pk).exists():
        raise NothingToSee
    return _decide(actor, found, EvidenceState.CONFIRMED, "", now)


def refuse_evidence(
    *, actor: Actor, evidence_id: UUID, reason: str, version: int | None = None, now: datetime
) -> Evidence:
    """Also of a confirmed one that turns out false or was cancelled. Raises as ``confirm_evidence``, and EvidenceIsInvalid."""
    found = _to_decide(actor, evidence_id, version)
    if found.state == EvidenceState.REFUSED:
        raise AlreadyDecided
    if not reason.strip():
        problem = FieldProblem("/reason", "required", str(_("Say what is wrong, so that the firm can mend it.")))
        raise EvidenceIsInvalid(problems=(problem,))
    return _decide(actor, found, EvidenceState.REFUSED, reason.strip()[:4000], now)


def is_own(actor: Actor, found: Evidence) -> bool:
    """The actor entered it, sent one of its files, or has ever belonged to the firm."""
    if actor.id is None:
        return False
    return (
        actor.id == found.submitted_by_id
        or FileLink.objects.filter(object_type=OBJECT, object_id=found.pk, actor_id=actor.id).exists()
        or Membership.objects.filter(person_id=actor.id, organisation_id=found.firm_id).exists()
    )


def _to_decide(actor: Actor, evidence_id: UUID, version: int | None) -> Evidence:
    found = evidence_to_decide(actor, evidence_id)
    if version is not None and version != found.version:
        raise Stale
    if is_own(actor, found):
        raise OwnEvidence
    return found


def _decide(actor: Actor, found: Evidence, state: EvidenceState, reason: str, now: datetime) -> Evidence:
    found.state, found.reason = state, reason
    found.decided_by_id, found.decided_at = actor.id, now
    found.version += 1
    found.save(update_fields=["state", "reason", "decided_by", "decided_at", "version"])
    _told(actor, state.value, found, now)
    return found


def _told(actor: Actor, what: str, one: Evidence, now: datetime) -> None:
    record(
        actor=actor,
        event=f"evidence.{what}",
        object_type=OBJECT,
        object_id=one.pk,
        now=now,
        data={"firm_id": str(one.firm_id), "kind": one.kind, "version": one.version},
    )


def _check(country: str, paper: Paper) -> None:
    catalogue = catalogue_of(country)
    problems: list[FieldProblem] = []

    def wrong(field: str, code: str, message: object) -> None:
        problems.append(FieldProblem(f"/{field}", code, str(message)))

    kind = catalogue.evidence.get(paper.kind)
    if kind is None:
        wrong("kind", "not_allowed", _("Please choose one."))
        raise EvidenceIsInvalid(problems=tuple(problems))
    if not paper.issuer.strip():
        wrong("issuer", "required", _("Say who issued it."))
    for name, length in (("issuer", 200), ("number", 100)):
        if len(getattr(paper, name)) > length:
            wrong(name, "too_long", _("At most %(n)d characters.") % {"n": length})
    if kind.expires and paper.valid_until is None:
        wrong("valid_until", "required", _("This paper runs out: give the last day on which it holds."))
    if paper.valid_until is not None and paper.valid_until < paper.valid_from:
        wrong("valid_until", "out_of_range", _("The last day lies before the first."))
    if kind.minimum_minor is not None and (paper.insured_minor is None or not 0 < paper.insured_minor < 10**15):
        wrong("insured_minor", "required", _("Give the sum insured."))
    if kind.per_trade and (not paper.trades or not set(paper.trades) <= set(catalogue.law)):
        wrong("trades", "required", _("Choose the trades that the paper names."))
    if problems:
        raise EvidenceIsInvalid(problems=tuple(problems))
