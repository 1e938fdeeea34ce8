"""Evidence as pages of firms, operator and managers say it: kind, state, what is missing. One wording for all three."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.files.models import FileKind, FileLink
from gewerk.firms.gate_words import kind_name, missing_words, why_words
from gewerk.firms.models import Evidence, EvidenceState

__all__ = ["SOON_DAYS", "Look", "file_look", "kind_name", "missing_words", "paper", "state_of", "why_words"]

SOON_DAYS = 60


@dataclass(frozen=True, slots=True)
class Look:
    """A state as icon, word and colour."""

    label: str
    icon: str
    kind: str


def state_of(one: Evidence, today: date) -> Look:
    if one.state == EvidenceState.REFUSED:
        return Look(_("refused"), "circle-x", "danger")
    if one.state == EvidenceState.SUBMITTED:
        return Look(_("is being checked"), "hourglass", "run")
    if one.valid_until is not None and one.valid_until < today:
        return Look(_("expired"), "calendar-x", "danger")
    if one.valid_until is not None and (one.valid_until - today).days <= SOON_DAYS:
        return Look(_("runs out soon"), "alarm-clock", "turn")
    return Look(_("confirmed"), "shield-check", "done")


def paper(one: Evidence, formats: Formats, files: list[FileLink]) -> dict[str, Any]:
    """What a page shows of one paper."""
    return {
        "id": one.pk,
        "kind": kind_name(one.country, one.kind),
        "state": state_of(one, formats.today),
        "number": one.number,
        "issuer": one.issuer,
        "from": formats.day(one.valid_from),
        "until": formats.day(one.valid_until) if one.valid_until else "",
        "sum": formats.money(one.insured_minor, one.currency) if one.insured_minor is not None else "",
        "trades": ", ".join(trade_name(code) for code in one.trades),
        "reason": one.reason,
        "submitted_at": one.submitted_at,
        "decided_at": one.decided_at,
        "files": [file_look(link) for link in files],
    }


def file_look(link: FileLink) -> dict[str, Any]:
    is_image = link.file.kind == FileKind.IMAGE
    return {
        "name": link.name,
        "is_image": is_image,
        "url": reverse("file", args=[link.file_id, "original"]),
        "large": reverse("file", args=[link.file_id, "large"]) if is_image else "",
    }
