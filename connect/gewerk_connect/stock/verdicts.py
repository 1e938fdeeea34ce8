"""Verdicts as one byte each, so that a million records' verdicts are a megabyte."""

from gewerk_connect.canonical import Verdict

SEND = 0
TENANT_WITHOUT_EMAIL = 1
ENDED = 2
NOT_YET = 3
CLIENT_FILTER = 4
OBJECT_FILTER = 5
USAGE_FILTER = 6
VACANT_FILTER = 7
CO_TENANT_FILTER = 8
FIRST_HELD = 16
UNIT_WITHOUT_BUILDING = 16
BROKEN_REFERENCE = 17
INVALID_DATE = 18
CONFLICTING_ROWS = 19
ID_COLLISION = 20
PARENT_HELD = 21
UNMAPPED_VALUE = 22
NOT_SHOWN = 255
"""No record of its own: the same row twice, or a filtered record under the id of one that is meant."""

REASONS: dict[int, str] = {
    TENANT_WITHOUT_EMAIL: "tenant_without_email",
    ENDED: "ended",
    NOT_YET: "not_yet",
    CLIENT_FILTER: "client_filter",
    OBJECT_FILTER: "object_filter",
    USAGE_FILTER: "usage_filter",
    VACANT_FILTER: "vacant_filter",
    CO_TENANT_FILTER: "co_tenant_filter",
    UNIT_WITHOUT_BUILDING: "unit_without_building",
    BROKEN_REFERENCE: "broken_reference",
    INVALID_DATE: "invalid_date",
    CONFLICTING_ROWS: "conflicting_rows",
    ID_COLLISION: "id_collision",
    PARENT_HELD: "parent_held",
    UNMAPPED_VALUE: "unmapped_value",
}
OUT_OF_SCOPE = frozenset({CLIENT_FILTER, OBJECT_FILTER})


def verdict_of(code: int) -> Verdict:
    if code == SEND:
        return Verdict.SEND
    return Verdict.HELD if code >= FIRST_HELD else Verdict.LEFT_OUT
