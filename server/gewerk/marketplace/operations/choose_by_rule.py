"""Firms are chosen by the rule that everybody may read (``queries.finding``): the best n, with the reason beside each."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.journal.actor import Actor
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import request_to_edit
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.moving import check_version, save, tell_manager
from gewerk.marketplace.operations.prepare import MOST_FIRMS, RequestIsInvalid, RequestIsSent, add_firms
from gewerk.marketplace.queries.finding import best, wanted_for
from gewerk.marketplace.queries.reasons import reasons
from gewerk.marketplace.states import State


class RuleFindsNobody(Refusal):
    kind = RefusalKind.CONFLICT
    code = "rule_finds_nobody"
    message = gettext_lazy(
        "No firm with complete evidence works there for this service. Invite by hand, or open the request to the marketplace."
    )


def choose_by_rule(
    *, actor: Actor, request_id: UUID, count: int, version: int | None = None, now: datetime
) -> QuoteRequest:
    """The best ``count`` firms in place of those chosen before. Draft only; chosen twice on a day they are the same.

    Raises RequestNotFound, Stale, RequestIsSent, RequestIsInvalid (no service, no count), RuleFindsNobody.
    """
    request = request_to_edit(actor, request_id)
    check_version(request, version)
    if request.state != State.DRAFT:
        raise RequestIsSent
    if not request.service:
        problem = FieldProblem("/service", "required", _("The rule needs a service: by it the evidence is asked."))
        raise RequestIsInvalid(problem.message, problems=(problem,))
    if not 1 <= count <= MOST_FIRMS:
        message = _("Between 1 and %(n)d firms.") % {"n": MOST_FIRMS}
        raise RequestIsInvalid(message, problems=(FieldProblem("/best", "out_of_range", message),))
    found = best(actor, wanted_for(request, now=now), count, but_for=request)
    if not found:
        raise RuleFindsNobody
    request.invitations.all().delete()
    by = _("by rule, place %(n)d of %(of)d")
    why = {
        one.firm.pk: ", ".join([by % {"n": n, "of": len(found)}, *reasons(one)]) for n, one in enumerate(found, start=1)
    }
    add_firms(request, list(why), why=why, now=now)
    save(request, now=now)
    tell_manager(actor, request, "firms_chosen_by_rule", now=now, data={"firms": len(found), "asked": count})
    return request
