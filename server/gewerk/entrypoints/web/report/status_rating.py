"""What the status page asks once the work is accepted: how was it? And what was answered to it."""

from django.utils import timezone, translation

from gewerk.entrypoints.web.manager.formats import formats_for
from gewerk.entrypoints.web.rating_words import rating_line
from gewerk.entrypoints.web.report.status_words import Piece
from gewerk.marketplace.access import orders_of_report, ratings_of_report
from gewerk.marketplace.operations.rate_work import may_be_rated
from gewerk.tickets.models import Ticket


def rating_piece(ticket: Ticket) -> Piece:
    """One form at a time: of several orders the oldest that is not rated yet. Rated by somebody else: nothing is asked."""
    orders = [one for one in orders_of_report(ticket) if may_be_rated(one)]
    if not orders:
        return Piece()
    given = {one.order_id: one for one in ratings_of_report(ticket)}
    asked = next((one for one in orders if one.pk not in given), None)
    language = translation.get_language() or ticket.organisation.language
    formats = formats_for(ticket.organisation, language=language, now=timezone.now())
    return Piece(
        template="report/status_rating.html",
        context={
            "asked": asked,
            "lines": [
                {"title": one.title, "firm": one.firm.name if one.firm else "", **rating_line(given[one.pk], formats)}
                for one in orders
                if one.pk in given
            ],
        },
        version="-".join(
            [str(asked.pk) if asked else "", *(f"{one.pk}{one.answered_at or ''}" for one in given.values())]
        ),
    )
