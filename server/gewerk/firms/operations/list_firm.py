"""A manager's own list: take a firm in, prefer, approve or block it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.firms.access import listed_firm_to_edit
from gewerk.firms.models import FirmTrade, ListedFirm, Standing
from gewerk.firms.search_text import compose
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind


class ListingIsInvalid(Refusal):
    code = "listing_invalid"
    message = _("Please check your entries.")


class Stale(Refusal):
    kind = RefusalKind.STALE
    code = "stale"
    message = _("Somebody changed this meanwhile. Look at it anew and decide again.")


def list_firm(*, actor: Actor, firm: Organisation, supplier_number: str = "", now: datetime) -> ListedFirm:
    """Put the firm on the actor's own list as approved; on it already, it stays as it stands."""
    require(edits_orders(actor))
    listed, is_new = ListedFirm.objects.get_or_create(
        organisation_id=actor.organisation_id,
        firm=firm,
        defaults={"supplier_number": supplier_number.strip()[:40], "created_at": now, "updated_at": now},
    )
    if is_new:
        listed.search = compose(listed, trades_of(firm.pk))
        listed.save(update_fields=["search"])
        record(actor=actor, event="firm.listed", object_type="firm", object_id=firm.pk, now=now)
    return listed


def change_listing(
    *,
    actor: Actor,
    firm_id: UUID,
    standing: str,
    blocked_reason: str = "",
    supplier_number: str = "",
    note: str = "",
    version: int | None = None,
    now: datetime,
) -> ListedFirm:
    """Raises FirmNotFound, Stale, ListingIsInvalid: blocking needs a reason. Running orders of a blocked firm go on."""
    listed = listed_firm_to_edit(actor, firm_id)
    if version is not None and version != listed.version:
        raise Stale
    problems = []
    if standing not in Standing.values:
        problems.append(FieldProblem("/standing", "not_allowed", str(_("Please choose one."))))
    reason = blocked_reason.strip() if standing == Standing.BLOCKED else ""
    if standing == Standing.BLOCKED and not reason:
        problems.append(FieldProblem("/blocked_reason", "required", str(_("Say why the firm is blocked."))))
    if len(supplier_number) > 40:
        problems.append(FieldProblem("/supplier_number", "too_long", str(_("At most 40 characters."))))
    if problems:
        raise ListingIsInvalid(problems=tuple(problems))
    wanted = {
        "standing": standing,
        "blocked_reason": reason,
        "supplier_number": supplier_number.strip(),
        "note": note.strip(),
    }
    before = listed.standing
    changed = [name for name, value in wanted.items() if getattr(listed, name) != value]
    if not changed:
        return listed
    for name in changed:
        setattr(listed, name, wanted[name])
    listed.version += 1
    listed.updated_at = now
    listed.search = compose(listed, trades_of(firm_id))
    listed.save(update_fields=[*changed, "version", "updated_at", "search"])
    record(
        actor=actor,
        event="firm.listing_changed",
        object_type="firm",
        object_id=firm_id,
        now=now,
        data={"fields": changed, "from": before, "to": listed.standing},
    )
    return listed


def refresh_search(firm: Organisation) -> None:
    """After the firm's name, address or trades changed: all lists find it by the new ones."""
    trades = trades_of(firm.pk)
    for listed in ListedFirm.objects.filter(firm=firm).select_related("firm"):
        listed.search = compose(listed, trades)
        listed.save(update_fields=["search"])


def trades_of(firm_id: UUID) -> list[str]:
    return list(FirmTrade.objects.filter(firm_id=firm_id).order_by("trade").values_list("trade", flat=True))
