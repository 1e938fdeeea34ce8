"""What a fitter ticks off before leaving: general lines, and lines of the trade. Customary practice, in our own words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_GENERAL: tuple[Promise, ...] = (
    _("The fault that was reported is mended"),
    _("Function tried"),
    _("Workplace left clean"),
)
_OF_TRADE: dict[str, tuple[Promise, ...]] = {
    "plumbing": (_("Tightness checked"), _("Shut-off valves open again")),
    "heating": (_("Tightness checked"), _("System pressure checked and air let out")),
    "electrics": (_("Residual current device tried"), _("Measured and recorded")),
    "roofing": (_("Tightness checked"), _("Gutters free")),
    "joinery": (_("Opens and closes without effort"),),
    "locks": (_("All keys tried"),),
    "painting": (_("Covers and tape removed"),),
    "drying": (_("Humidity measured and recorded"),),
    "lifts": (_("Test run on all floors"),),
    "fire_safety": (_("Inspection label attached"),),
}


def checklist_for(trade: str) -> list[str]:
    """The lines in the reader's language; those of the trade first."""
    return [str(line) for line in (*_OF_TRADE.get(trade, ()), *_GENERAL)]
