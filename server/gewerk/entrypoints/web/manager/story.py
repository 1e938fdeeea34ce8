"""The history of a record as its page tells it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.record_words import field_title, value_words
from gewerk.portfolio.models import Source
from gewerk.portfolio.models.record import Record
from gewerk.portfolio.queries.history import Step, history

WHO = ("", "program", "person")


def story(
    request: HttpRequest, reader: Reader, objects: Iterable[UUID], *, own: UUID, record: Record
) -> dict[str, Any]:
    """Steps with their filter chips; the record's beginning stands at the end."""
    who = request.GET.get("who", "")
    who = who if who in WHO else ""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    found = history(reader.actor, objects, own=own, who=who, before=before)
    titles = {"": _("All"), "program": _("ERP"), "person": _("By hand")}
    begun = _("arrived from the ERP") if record.source == Source.ERP else _("entered by hand")
    return {
        "chips": [
            {"label": title, "url": f"?who={key}#story" if key else "?#story", "active": key == who}
            for key, title in titles.items()
        ],
        "events": [_event(step, own, reader) for step in found.steps],
        "older": f"?{f'who={who}&' if who else ''}before={found.older}#story" if found.older else "",
        "begun": {"text": begun, "meta": reader.formats.when(record.created_at)} if not found.older else None,
    }


def _event(step: Step, own: UUID, reader: Reader) -> dict[str, Any]:
    if step.by_program:
        name = _("Run of the connector") if not step.actor_name else _("Program “%(name)s”") % {"name": step.actor_name}
    else:
        name = step.actor_name or _("Gewerk")
    about = ""
    if step.object_id != own:
        about = f"{words.KINDS.get(step.object_type, '')} {step.object_name}".strip()
    return {
        "icon": "refresh-cw" if step.by_program else "pencil",
        "initials": "" if step.by_program else step.actor_initials,
        "me": step.actor_name == reader.person.name,
        "name": name,
        "about": about,
        "changes": [
            {
                "field": field_title(change.field),
                "old": value_words(change.field, change.old, reader.formats) or _("empty"),
                "new": value_words(change.field, change.new, reader.formats) or _("empty"),
            }
            for change in step.changes
        ],
        "when": reader.formats.when(step.at),
        "exact": reader.formats.moment(step.at),
    }
