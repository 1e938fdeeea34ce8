"""Letters to a firm about its evidence: decided on, or running out. The newest word alone: what changed since is told by its own letter."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import translation

from gewerk.catalogue.queries import NoCatalogue, catalogue_of
from gewerk.firms.models import Evidence, EvidenceState
from gewerk.journal.models import Entry
from gewerk.outreach.concerned import speakers_of
from gewerk.outreach.letters import Letter, address, object_id


def decided(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    found = _evidence(entry)
    if found is not None and found.version == entry.data.get("version"):
        yield from _letters(found, "evidence_decided", {"confirmed": found.state == EvidenceState.CONFIRMED})


def expires(entry: Entry, now: datetime) -> Iterable[Letter]:
    found = _evidence(entry)
    if found is None or found.state != EvidenceState.CONFIRMED or found.valid_until is None:
        return
    yield from _letters(found, "evidence_expires", {"over": found.valid_until < now.date()})


def _evidence(entry: Entry) -> Evidence | None:
    return Evidence.objects.select_related("firm").filter(pk=object_id(entry)).first()


def _letters(found: Evidence, template: str, more: dict[str, Any]) -> Iterable[Letter]:
    for one in speakers_of(found.firm):
        with translation.override(one.language):
            context = {
                "kind": _kind_name(found),
                "firm_name": found.firm.name,
                "valid_until": found.valid_until,
                "reason": found.reason,
                "url": address("/firm/evidence/"),
                **more,
            }
        yield Letter(one.email, one.language, template, found.firm, context)


def _kind_name(found: Evidence) -> str:
    try:
        return str(catalogue_of(found.country).evidence[found.kind].names)
    except (NoCatalogue, KeyError):
        return found.kind
