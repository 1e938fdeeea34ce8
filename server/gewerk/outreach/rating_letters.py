"""Letters after the work: to the firm that it was rated, warned, limited or decided on; to the manager that the firm answered.

No letter repeats what somebody wrote of somebody: it is read on the page, by those who may.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.journal.models import Entry
from gewerk.marketplace.answer_rule import MOST_RUNNING, MOST_UNANSWERED_PERCENT, WINDOW
from gewerk.marketplace.models import AnswerCase, Appeal, CaseEnd, Outcome, RatedBy, Rating, Stage
from gewerk.outreach.concerned import place_of, speakers_of, staff_of
from gewerk.outreach.letters import Letter, address, object_id

_CASE: dict[str, tuple[Promise, Promise]] = {
    "answer_case.warned": (
        gettext_lazy("Please answer requests for quotes"),
        gettext_lazy(
            "%(unanswered)d of %(asked)d requests of the last %(days)d days stayed unanswered. More than %(percent)d %% is too much: "
            "managers wait for you and lose time. This is a warning, nothing else follows from it today. If another request stays "
            "unanswered, you may have only %(running)d requests running at once. A refusal with a reason is an answer."
        ),
    ),
    "answer_case.limited": (
        gettext_lazy("Your new requests are limited"),
        gettext_lazy(
            "%(unanswered)d of %(asked)d requests of the last %(days)d days stayed unanswered, also after our warning. Until it is no "
            "more than %(percent)d %%, you may have only %(running)d requests running at once. Orders that you have are not concerned."
        ),
    ),
}
CASE_EVENTS = ("answer_case.warned", "answer_case.limited", "answer_case.lifted")


def received(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """To the firm."""
    found = _rating(entry)
    if found is None:
        return
    title = found.order.title
    for one in speakers_of(found.firm):
        with translation.override(one.language):
            by = found.organisation.name if found.rated_by == RatedBy.MANAGER else _("The tenant")
            context = {
                "headline": _("Your work was rated: %(title)s") % {"title": title},
                "sentence": _(
                    "%(who)s has rated your work on “%(title)s”, %(place)s. You may answer once; your answer stands beside it."
                )
                % {"who": by, "title": title, "place": place_of(found.order)},
                "url": address("/firm/ratings/"),
            }
        yield Letter(one.email, one.language, "rating", found.firm, context)


def answered(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """To whoever is responsible for the order."""
    found = _rating(entry)
    if found is None:
        return
    for one in staff_of(found.order):
        with translation.override(one.language):
            context = {
                "headline": _("%(firm)s has answered the rating: %(title)s")
                % {"firm": found.firm.name, "title": found.order.title},
                "sentence": _("The answer stands beside the rating of order %(number)s.")
                % {"number": found.order.number},
                "url": address(f"/orders/{found.order_id}/"),
            }
        yield Letter(one.email, one.language, "rating", found.organisation, context)


def case_changed(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """Warned, limited or free again. The newest word alone: what changed since is told by its own letter."""
    case = AnswerCase.objects.select_related("firm").filter(pk=object_id(entry)).first()
    if case is None or entry.event != _newest(case):
        return
    if case.ended_why == CaseEnd.APPEAL:
        return  # the decision on the appeal tells it
    for one in speakers_of(case.firm):
        with translation.override(one.language):
            if case.ended_at is not None:
                headline, sentence = (
                    _("No warning and no limit any more"),
                    _("You have answered enough requests again. Warning and limit have ended."),
                )
            else:
                headline, sentence = (str(text) for text in _CASE[entry.event])
                sentence %= {
                    "asked": entry.data["asked"],
                    "unanswered": entry.data["unanswered"],
                    "days": WINDOW.days,
                    "percent": MOST_UNANSWERED_PERCENT,
                    "running": MOST_RUNNING,
                }
            context = {
                "headline": headline,
                "sentence": sentence,
                "appeal": case.ended_at is None,
                "url": address("/firm/ratings/"),
            }
        yield Letter(one.email, one.language, "rating", case.firm, context)


def appeal_decided(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    found = Appeal.objects.select_related("firm").filter(pk=object_id(entry)).first()
    if found is None or found.outcome == Outcome.OPEN:
        return
    for one in speakers_of(found.firm):
        with translation.override(one.language):
            granted = found.outcome == Outcome.GRANTED
            against = _("the limit") if found.stage == Stage.LIMITED else _("the warning")
            context = {
                "headline": _("Your appeal was granted") if granted else _("Your appeal was rejected"),
                "sentence": _("Your appeal against %(what)s was granted: warning and limit have ended.")
                % {"what": against}
                if granted
                else _("We have looked at it again. Your appeal against %(what)s was rejected.") % {"what": against},
                "reason": found.reason,
                "url": address("/firm/ratings/"),
            }
        yield Letter(one.email, one.language, "rating", found.firm, context)


def _newest(case: AnswerCase) -> str:
    if case.ended_at is not None:
        return "answer_case.lifted"
    return f"answer_case.{case.stage.value}"


def _rating(entry: Entry) -> Rating | None:
    rows = Rating.objects.select_related("firm", "organisation", "order__property", "order__organisation")
    return rows.filter(pk=object_id(entry)).first()
