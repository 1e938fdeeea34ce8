"""What was done for an order, as it was captured on site."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from gewerk.files.models import FileLink
from gewerk.files.queries import files_of_many
from gewerk.journal.actor import Actor
from gewerk.scheduling.access import completions
from gewerk.scheduling.models import Completion, CompletionItem
from gewerk.scheduling.operations.capture import OBJECT


@dataclass(frozen=True, slots=True)
class Report:
    """One completion with its material and the files that have arrived."""

    completion: Completion
    items: list[CompletionItem]
    files: list[FileLink]


def reports_of(actor: Actor, order_id: UUID) -> list[Report]:
    """Of an order that the actor finds, the newest first; those still being sent, too: three queries."""
    rows = completions(actor).filter(order_id=order_id).order_by("-captured_at", "-id")
    found = list(rows.prefetch_related(Prefetch("items", CompletionItem.objects.order_by("position"))))
    files = files_of_many(OBJECT, [one.pk for one in found]) if found else {}
    return [Report(one, list(one.items.all()), files.get(one.pk, [])) for one in found]
