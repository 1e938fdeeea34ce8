"""What was captured on site, as the pages of manager and contractor show it: words, checklist, hours, material, photos, signature."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.orders.words import quantity
from gewerk.files.models import FileKind, FileLink
from gewerk.journal.actor import Actor
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.models import CaptureState
from gewerk.scheduling.queries.completions import Report, reports_of

_PURPOSES = ("before", "during", "after")


def report_cards(actor: Actor, order: WorkOrder, formats: Formats) -> list[dict[str, Any]]:
    """The newest first."""
    return [_card(report, formats) for report in reports_of(actor, order.pk)]


def _card(report: Report, formats: Formats) -> dict[str, Any]:
    one = report.completion
    titles = {"before": _("Beforehand"), "during": _("Meanwhile"), "after": _("Afterwards")}
    return {
        "when": formats.moment(one.captured_at),
        "text": one.text,
        "finishes": one.finishes,
        "receiving": one.state == CaptureState.RECEIVING,
        "time": _time(one.minutes),
        "checklist": one.checklist,
        "items": [f"{quantity(item.quantity_thousandths, formats)} {item.unit} {item.text}" for item in report.items],
        "groups": [
            {"title": titles[purpose], "photos": photos}
            for purpose in _PURPOSES
            if (photos := [_photo(link, titles[purpose]) for link in report.files if link.purpose == purpose])
        ],
        "signed_by": one.signed_by,
        "signature": next(
            (reverse("file", args=[link.file_id, "original"]) for link in report.files if link.purpose == "signature"),
            "",
        ),
    }


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return ""
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": rest} if hours else f"{rest} min"


def _photo(link: FileLink, title: str) -> dict[str, Any]:
    return {
        "name": f"{title}: {link.name}",
        "is_image": link.file.kind == FileKind.IMAGE,
        "icon": "video" if link.file.kind == FileKind.VIDEO else "file-text",
        "large": reverse("file", args=[link.file_id, "large"]),
        "original": reverse("file", args=[link.file_id, "original"]),
        "at": link.linked_at,
    }
