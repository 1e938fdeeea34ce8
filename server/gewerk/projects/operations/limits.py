"""Who may spend how much: a limit per role on what an order commits in all, gross. A sum above it needs an approval."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import owns_privately, require
from gewerk.identity.models import Role, Scope
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.models import SpendingLimit

USUAL: dict[str, int | None] = {
    Role.ADMIN: None,
    Role.FINANCE_OFFICER: 1_000_000,
    Role.HOUSING_MANAGER: 500_000,
    Role.HOUSING_OFFICER: 100_000,
}
"""Minor units, until the organisation sets its own; None: without limit."""

HIGHEST_MINOR = 10**12


class OverLimit(Refusal):
    """Not without an approval."""

    kind = RefusalKind.CONFLICT
    code = "over_limit"
    message = _("The sum is above your spending limit. Ask for an approval.")


class LimitIsInvalid(Refusal):
    code = "limit_invalid"
    message = _("The limit cannot be saved like this.")


def sets_limits(actor: Actor) -> bool:
    if actor.kind is ActorKind.KEY:
        return Scope.ALL in actor.scopes
    return actor.kind is ActorKind.PERSON and Role.ADMIN in actor.roles


def limits_of(organisation_id: UUID) -> dict[str, int | None]:
    """Role -> minor units; None: without limit."""
    own = dict(SpendingLimit.objects.filter(organisation_id=organisation_id).values_list("role", "amount_minor"))
    return {str(role): own.get(role, usual) for role, usual in USUAL.items()}


def limit_of(actor: Actor) -> int | None:
    """The highest of the actor's roles; None: without limit (also private owners, keys that may do everything, Gewerk itself)."""
    if actor.kind is ActorKind.SYSTEM or (actor.kind is ActorKind.KEY and Scope.ALL in actor.scopes):
        return None
    if owns_privately(actor):
        return None
    limits = limits_of(actor.organisation_id)
    mine = [limits[role] for role in actor.roles if role in limits]
    return None if None in mine else max((amount for amount in mine if amount is not None), default=0)


def covers(actor: Actor, amount_minor: int) -> bool:
    limit = limit_of(actor)
    return limit is None or amount_minor <= limit


def set_limit(*, actor: Actor, role: str, amount_minor: int | None, now: datetime) -> None:
    """None: without limit. Raises LimitIsInvalid, FORBIDDEN."""
    require(sets_limits(actor))
    if role not in USUAL:
        raise LimitIsInvalid(problems=(FieldProblem("/role", "not_allowed", str(_("Please choose one."))),))
    if amount_minor is not None and not 0 <= amount_minor <= HIGHEST_MINOR:
        raise LimitIsInvalid(
            problems=(FieldProblem("/amount", "out_of_range", str(_("This amount is not possible."))),)
        )
    before = limits_of(actor.organisation_id)[role]
    if (
        before == amount_minor
        and SpendingLimit.objects.filter(organisation_id=actor.organisation_id, role=role).exists()
    ):
        return
    SpendingLimit.objects.update_or_create(
        organisation_id=actor.organisation_id, role=role, defaults={"amount_minor": amount_minor}
    )
    record(
        actor=actor,
        event="spending_limit.changed",
        object_type="organisation",
        object_id=actor.organisation_id,
        now=now,
        data={"role": role, "from": before, "to": amount_minor},
    )
