"""What is written beside a firm that was found: why it stands where it stands, and what stands in its way."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from gewerk.firms.models import Standing
from gewerk.marketplace.gate import BLOCKED, gate_words
from gewerk.marketplace.postcodes import SAME
from gewerk.marketplace.queries.finding import Found
from gewerk.marketplace.queries.weighing import Room

_VETTED = gettext_noop("vetted firm of the marketplace")
_STANDINGS = {
    Standing.PREFERRED.value: gettext_noop("preferred on your list"),
    Standing.APPROVED.value: gettext_noop("on your list"),
    Standing.BLOCKED.value: gettext_noop("blocked on your list"),
}
_ROOMS = {
    Room.FREE: gettext_noop("free this week"),
    Room.UNSAID: gettext_noop("says nothing of its capacity"),
    Room.FULL: gettext_noop("full this week"),
}


def reasons(one: Found) -> list[str]:
    """Why the firm stands where it stands, in the order in which it was weighed."""
    words = [_(_STANDINGS.get(one.standing, _VETTED))]
    if not one.serves:
        words.append(_("does not name this place as its area"))
    words.append(_distance(one))
    words.append(_(_ROOMS[one.room]))
    if one.score.points is None:
        words.append(_("not rated yet"))
    else:
        rated = ngettext(
            "score %(points)d of 100 (%(n)d rating)", "score %(points)d of 100 (%(n)d ratings)", one.score.ratings
        )
        words.append(rated % {"points": one.score.points, "n": one.score.ratings})
    asked = ngettext("asked %(n)d time in 90 days", "asked %(n)d times in 90 days", one.asked_lately)
    return [*words, asked % {"n": one.asked_lately}]


def _distance(one: Found) -> str:
    if one.shared >= SAME:
        return _("same postcode")
    # British positions are those of the outward part: within it all are 0 km apart.
    if one.km:
        return _("%(km)d km away") % {"km": round(one.km)} if one.km >= 1 else _("less than 1 km away")
    if one.shared:
        return _("same postcode area %(area)s") % {"area": one.near_label}
    return _("another postcode area")


def hindrances(one: Found, country: str) -> list[str]:
    """Why nothing can be awarded to it, or the rule leaves it out; empty when nothing stands in the way."""
    words = gate_words(one.gate, country)
    if one.gate.missing == (BLOCKED,) and one.blocked_reason:
        words = [f"{words[0]}: {one.blocked_reason}"]
    return [*words, _("Limited: it leaves too many requests unanswered")] if one.limited else words
