"""The only way a door gets a firm, a price or a crew. A manager finds the firms of its own list, a firm finds itself."""

from uuid import UUID

from django.db.models import QuerySet

from gewerk.firms.models import Crew, CrewMember, FirmProfile, FrameworkPrice, ListedFirm
from gewerk.identity.access import edits_orders, require, sees_orders, works_for_firm
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind


class FirmNotFound(Refusal):
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
