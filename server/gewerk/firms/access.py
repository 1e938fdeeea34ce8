"""The only way a door gets a firm, a price or a crew. A manager finds the firms of its own list, a firm finds itself."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from gewerk.firms.models import Crew, CrewMember, Evidence, FirmProfile, FrameworkPrice, ListedFirm
from gewerk.identity.access import dispatches, edits_orders, operates, require, sees_orders, works_for_firm
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind


class FirmNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


class EvidenceNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def listed_firms(actor: Actor) -> QuerySet[ListedFirm]:
    """The manager's own list, blocked ones too, with ``firm`` and its profile."""
    require(sees_orders(actor))
    return ListedFirm.objects.filter(organisation_id=actor.organisation_id).select_related("firm__firm_profile")


def listed_firm_for(actor: Actor, firm_id: UUID) -> ListedFirm:
    """By the firm's id. Raises FirmNotFound for a firm that is not on the actor's list."""
    found = listed_firms(actor).filter(firm_id=firm_id).first()
    if found is None:
        raise FirmNotFound
    return found


def listed_firm_to_edit(actor: Actor, firm_id: UUID) -> ListedFirm:
    """As ``listed_firm_for``, for changing, with the row locked where the database can."""
    require(edits_orders(actor))
    found = (
        ListedFirm.objects.filter(organisation_id=actor.organisation_id, firm_id=firm_id)
        .select_related("firm")
        .select_for_update(of=("self",))
        .first()
    )
    if found is None:
        raise FirmNotFound
    return found


def framework_prices(actor: Actor) -> QuerySet[FrameworkPrice]:
    """Those that the manager agreed, with ``firm``."""
    require(sees_orders(actor))
    return FrameworkPrice.objects.filter(organisation_id=actor.organisation_id).select_related("firm")


def framework_price_for(actor: Actor, price_id: UUID) -> FrameworkPrice:
    found = framework_prices(actor).filter(pk=price_id).first()
    if found is None:
        raise FirmNotFound
    return found


def own_prices(actor: Actor) -> QuerySet[FrameworkPrice]:
    """For a firm: what managers agreed with it, with the manager as ``organisation``."""
    require(works_for_firm(actor))
    return FrameworkPrice.objects.filter(firm_id=actor.organisation_id).select_related("organisation")


def crews(actor: Actor) -> QuerySet[Crew]:
    """The manager's, archived ones too."""
    require(sees_orders(actor))
    return Crew.objects.filter(organisation_id=actor.organisation_id)


def crew_for(actor: Actor, crew_id: UUID) -> Crew:
    found = crews(actor).filter(pk=crew_id).first()
    if found is None:
        raise FirmNotFound
    return found


def crew_ids_of(actor: Actor) -> frozenset[UUID]:
    """Live crews to which the acting caretaker belongs."""
    if actor.kind is not ActorKind.PERSON or actor.id is None or Role.CARETAKER not in actor.roles:
        return frozenset()
    mine = CrewMember.objects.filter(
        person_id=actor.id, crew__organisation_id=actor.organisation_id, crew__archived_at__isnull=True
    )
    return frozenset(mine.values_list("crew_id", flat=True))


def own_profile(actor: Actor) -> FirmProfile | None:
    """The acting person's firm; None while nothing is told yet."""
    require(works_for_firm(actor))
    return FirmProfile.objects.select_related("firm").filter(firm_id=actor.organisation_id).first()


def evidence(actor: Actor) -> QuerySet[Evidence]:
    """A firm's own; for the operator that of all firms; for a manager that of the firms on the own list. With ``firm``."""
    rows = Evidence.objects.select_related("firm")
    if operates(actor):
        return rows
    if works_for_firm(actor):
        return rows.filter(firm_id=actor.organisation_id)
    require(sees_orders(actor))
    return rows.filter(firm__listings__organisation_id=actor.organisation_id)


def evidence_for(actor: Actor, evidence_id: UUID) -> Evidence:
    """Raises EvidenceNotFound."""
    found = evidence(actor).filter(pk=evidence_id).first()
    if found is None:
        raise EvidenceNotFound
    return found


def evidence_to_decide(actor: Actor, evidence_id: UUID) -> Evidence:
    """For the operator, with the row locked where the database can. Raises EvidenceNotFound."""
    require(operates(actor))
    found = Evidence.objects.select_related("firm").filter(pk=evidence_id).select_for_update(of=("self",)).first()
    if found is None:
        raise EvidenceNotFound
    return found


def may_submit_for(actor: Actor, firm_id: UUID) -> bool:
    """The firm's owner and dispatchers for their own firm; the operator for any (paper that came by post)."""
    return operates(actor) or (dispatches(actor) and actor.organisation_id == firm_id)


def evidence_files_seen(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Of which evidence the actor may open the files: the firm's owner and dispatchers, and the operator. No manager."""
    if operates(actor):
        return set(Evidence.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if not dispatches(actor):
        return set()
    own = Evidence.objects.filter(pk__in=ids, firm_id=actor.organisation_id)
    return set(own.values_list("pk", flat=True))
