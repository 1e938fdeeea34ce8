"""The trades by which firms and orders are known here. Codes are stable; the names are shown in the reader's language.

German names follow Annex A and B of the Handwerksordnung where it has them, else common usage. The marketplace will cross
trades with services and their gates.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TRADES: dict[str, Promise] = {
    "plumbing": _("Plumbing and sanitary"),
    "heating": _("Heating and ventilation"),
    "electrics": _("Electrical work"),
    "painting": _("Painting and varnishing"),
    "flooring": _("Flooring and parquet"),
    "tiling": _("Tiling"),
    "joinery": _("Joinery, doors and windows"),
    "locks": _("Locks and keys"),
    "metalwork": _("Metalwork"),
    "glazing": _("Glazing"),
    "roofing": _("Roofing"),
    "gutters": _("Gutters and sheet metal"),
    "carpentry": _("Carpentry"),
    "masonry": _("Masonry and concrete"),
    "plastering": _("Plastering and drywall"),
    "scaffolding": _("Scaffolding"),
    "insulation": _("Thermal insulation"),
    "sealing": _("Sealing and damp proofing"),
    "drying": _("Drying and water damage"),
    "blinds": _("Shutters, blinds and sun protection"),
    "lifts": _("Lifts"),
    "drains": _("Drains and sewers"),
    "chimney": _("Chimney sweep"),
    "kitchen": _("Kitchens and appliances"),
    "garden": _("Garden and outdoor works"),
    "cleaning": _("Cleaning"),
    "pest_control": _("Pest control"),
    "winter_service": _("Winter service"),
    "clearance": _("Clearance and disposal"),
    "paving": _("Paving and earthworks"),
    "aerials": _("Aerials, intercoms and networks"),
    "fire_safety": _("Fire safety"),
    "demolition": _("Demolition"),
    "planning": _("Planning and supervision"),
    "caretaking": _("Caretaking and small repairs"),
    "other": _("Other"),
}


def trade_name(code: str) -> str:
    """The name in the reader's language; an unknown code is shown as it is."""
    return str(TRADES.get(code, code))
