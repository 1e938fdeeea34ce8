"""Own people who take orders: caretakers and the in-house crew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.firms.access import FirmNotFound, crews
from gewerk.firms.models import Crew, CrewKind, CrewMember
from gewerk.firms.operations.list_firm import Stale
from gewerk.firms.trades import TRADES
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import Membership, Role
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import FieldProblem, Refusal


class CrewIsInvalid(Refusal):
    code = "crew_invalid"
    message = _("Please check your entries.")


def save_crew(
    *,
    actor: Actor,
    crew_id: UUID | None,
    kind: str,
    name: str,
    phone: str = "",
    trades: Sequence[str] = (),
    member_ids: Sequence[UUID] = (),
    version: int | None = None,
    now: datetime,
) -> Crew:
    """Make a crew (``crew_id`` None) or change one. Members hold the role caretaker in the actor's organisation.

    Raises FirmNotFound, Stale, CrewIsInvalid, FORBIDDEN.
    """
    require(edits_orders(actor))
    one_at_a_time("crews", actor.organisation_id)
    crew = Crew(organisation_id=actor.organisation_id, created_at=now, version=0)
    if crew_id is not None:
        found = crews(actor).select_for_update().filter(pk=crew_id).first()
        if found is None:
            raise FirmNotFound
        crew = found
    if version is not None and version != crew.version:
        raise Stale
    _check(actor, crew, kind, name, phone, trades, member_ids)
    crew.kind, crew.name, crew.phone, crew.trades = kind, name.strip(), phone.strip(), sorted(set(trades))
    crew.version += 1
    crew.updated_at = now
    crew.save()
    CrewMember.objects.filter(crew=crew).exclude(person_id__in=member_ids).delete()
    known = set(CrewMember.objects.filter(crew=crew).values_list("person_id", flat=True))
    CrewMember.objects.bulk_create(CrewMember(crew=crew, person_id=one) for one in sorted(set(member_ids) - known))
    record(
        actor=actor,
        event="crew.created" if crew_id is None else "crew.changed",
        object_type="crew",
        object_id=crew.pk,
        now=now,
        data={"kind": kind, "members": len(set(member_ids))},
    )
    return crew


def archive_crew(*, actor: Actor, crew_id: UUID, now: datetime) -> Crew:
    """It takes no new orders; its members no longer see its orders. Archived already: stays so. Raises FirmNotFound."""
    require(edits_orders(actor))
    crew = crews(actor).select_for_update().filter(pk=crew_id).first()
    if crew is None:
        raise FirmNotFound
    if crew.archived_at is None:
        crew.archived_at = crew.updated_at = now
        crew.version += 1
        crew.save(update_fields=["archived_at", "updated_at", "version"])
        record(actor=actor, event="crew.archived", object_type="crew", object_id=crew.pk, now=now)
    return crew


def _check(
    actor: Actor, crew: Crew, kind: str, name: str, phone: str, trades: Sequence[str], member_ids: Sequence[UUID]
) -> None:
    problems: list[FieldProblem] = []
    if kind not in CrewKind.values:
        problems.append(FieldProblem("/kind", "not_allowed", str(_("Please choose one."))))
    tidy = name.strip()
    if not tidy or len(tidy) > 100:
        problems.append(FieldProblem("/name", "required", str(_("Give a name of up to 100 characters."))))
    elif crews(actor).filter(name=tidy, archived_at__isnull=True).exclude(pk=crew.pk).exists():
        problems.append(FieldProblem("/name", "taken", str(_("There is a crew of this name already."))))
    if len(phone) > 40:
        problems.append(FieldProblem("/phone", "too_long", str(_("At most 40 characters."))))
    if any(code not in TRADES for code in trades):
        problems.append(FieldProblem("/trades", "not_allowed", str(_("Please choose one."))))
    held = Membership.objects.filter(
        organisation_id=actor.organisation_id, role=Role.CARETAKER, ended_at__isnull=True, person_id__in=member_ids
    )
    if held.values("person_id").distinct().count() != len(set(member_ids)):
        message = str(_("Members of a crew need the role caretaker in your organisation."))
        problems.append(FieldProblem("/members", "unknown", message))
    if problems:
        raise CrewIsInvalid(problems[0].message, problems=tuple(problems))
