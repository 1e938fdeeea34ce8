"""Where a page ended, as an opaque text."""

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

import orjson
from django.utils.translation import gettext_lazy as _

from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.kit.refusals import FieldProblem
from gewerk.portfolio.queries.records_for_programs import Place


def write(place: Place) -> str:
    packed = orjson.dumps([place.updated_at.astimezone(UTC).isoformat(), place.id])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(text: str) -> Place:
    """Raises ``InvalidInput`` for anything that ``write`` did not make."""
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        moment, record_id = orjson.loads(packed)
        return Place(datetime.fromisoformat(moment).astimezone(UTC), UUID(record_id))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
        message = str(_("This cursor is not valid. Begin again without one."))
        raise InvalidInput(problems=(FieldProblem("/query/cursor", "invalid", message),)) from None
