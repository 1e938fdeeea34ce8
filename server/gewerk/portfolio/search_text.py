"""The folded text under which a record is found: names, numbers and address, in both spellings (``mueller muller``)."""

from collections.abc import Mapping
from typing import Any

from gewerk.kit.folding import fold, shorten

SEARCHED: dict[str, tuple[str, ...]] = {
    "property_group": ("name", "external_id"),
    "property": ("name", "street", "house_number", "addition", "postcode", "city", "district", "external_id"),
    "unit": ("name", "external_id"),
    "tenant": ("name", "email", "contract_number", "party_number", "external_id"),
    "landlord": ("name", "email", "contract_number", "party_number", "external_id"),
}
"""Columns that make up the text, by object type. Change any of them by ``compose``."""


def compose(object_type: str, row: Mapping[str, Any]) -> str:
    """The column ``search`` of a row (column -> value)."""
    parts = [value for column in SEARCHED[object_type] if (value := row[column])]
    folded = fold("\n".join(parts))
    short = shorten(folded)
    return folded if short == folded else f"{folded} {short}"
