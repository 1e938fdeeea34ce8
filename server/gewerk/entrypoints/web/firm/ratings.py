"""What is said of the firm's work, its score, and how it stands with the rule on unanswered requests: answer, appeal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gewerk.entrypoints.web.firm.door import reader, working
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.forms import long_field
from gewerk.entrypoints.web.rating_words import AnswerForm, rating_line, score_card
from gewerk.identity.access import dispatches, require
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import RequestNotFound, own_case, ratings
from gewerk.marketplace.models import Appeal, Outcome, Rating, Stage
from gewerk.marketplace.operations.appeals import MOST_TEXT, appeal, may_appeal
from gewerk.marketplace.operations.rate_work import answer_rating
from gewerk.marketplace.queries.answers import unanswered
from gewerk.marketplace.queries.scores import score

PER_PAGE = 20
UNANSWERED_SHOWN = 20


class AppealForm(PageForm):
    text = long_field(
        gettext_lazy("What is to be looked at again?"),
        MOST_TEXT,
        rows=5,
        required=True,
        help_text=gettext_lazy(
            "Somebody of the operator reads it and decides. You get the decision with its reason by mail."
        ),
    )


@working
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(dispatches(who.actor))
    rows = ratings(who.actor).select_related("order", "organisation").order_by("-rated_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "reader": who,
        "page": page,
        "ratings": [_rating(one, who) for one in page],
        "score": score_card(score(who.organisation.pk, now=who.formats.now), who.formats),
        "standing": standing(who),
        "trail": [{"label": _("My firm"), "url": reverse("firm_home")}, {"label": _("Ratings")}],
    }
    return render(request, "firm/ratings.html", context)


def _rating(one: Rating, who: Reader) -> dict[str, Any]:
    return {
        **rating_line(one, who.formats),
        "title": one.order.title,
        "number": one.order.number,
        "manager": one.organisation.name,
        "job_url": reverse("firm_job", args=[one.order_id]),
        "answer_url": "" if one.answered_at else reverse("firm_answer_rating", args=[one.pk]),
    }


def standing(who: Reader) -> dict[str, Any] | None:
    """The open case with its figures, what stayed unanswered, and the appeals; None: neither warned nor limited."""
    case = own_case(who.actor)
    if case is None:
        return None
    left = unanswered(who.organisation.pk, now=who.formats.now)[:UNANSWERED_SHOWN]
    return {
        "limited": case.stage is Stage.LIMITED,
        "asked": case.limited_asked or case.warned_asked,
        "unanswered": case.limited_unanswered or case.warned_unanswered,
        "since": who.formats.moment(case.limited_at or case.warned_at),
        "requests": [
            {
                "title": one.request.title,
                "manager": one.request.organisation.name,
                "due": who.formats.moment(one.due_at),
                "url": reverse("firm_request", args=[one.pk]),
            }
            for one in left
        ],
        "appeals": [appeal_line(one, who) for one in case.appeals.order_by("made_at")],
        "appeal_url": reverse("firm_appeal") if may_appeal(case) else "",
    }


def appeal_line(one: Appeal, who: Reader) -> dict[str, Any]:
    return {
        "against": _("the limit") if one.stage == Stage.LIMITED else _("the warning"),
        "text": one.text,
        "at": who.formats.moment(one.made_at),
        "open": one.outcome == Outcome.OPEN,
        "outcome": Outcome(one.outcome).label,
        "reason": one.reason,
    }


@require_http_methods(["GET", "POST"])
@working
def answer(request: HttpRequest, rating_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(dispatches(who.actor))
    rating = ratings(who.actor).select_related("order", "organisation").filter(pk=rating_id).first()
    if rating is None:
        raise RequestNotFound
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_rating(actor=who.actor, rating_id=rating.pk, text=form.cleaned_data["answer"], now=timezone.now())
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Your answer stands beside the rating; the manager is told by mail."))
            return redirect("firm_ratings")
    context = {
        "reader": who,
        "form": form,
        "one": rating_line(rating, who.formats),
        "title": _("Answer the rating"),
        "sentence": f"{rating.organisation.name} · {rating.order.title}",
        "trail": _trail(_("Answer the rating")),
    }
    return render(request, "firm/rating_answer.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@working
def appeal_page(request: HttpRequest) -> HttpResponseBase:
    """Against what the firm stands at now."""
    who = reader(request)
    require(dispatches(who.actor))
    found = standing(who)
    if found is None or (request.method == "GET" and not found["appeal_url"]):
        return redirect("firm_ratings")
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            appeal(actor=who.actor, text=form.cleaned_data["text"], now=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Your appeal has arrived. You get the decision by mail."))
            return redirect("firm_ratings")
    context = {
        "reader": who,
        "form": form,
        "standing": found,
        "trail": _trail(_("Appeal")),
    }
    return render(request, "firm/appeal.html", context, status=422 if form.errors else 200)


def _trail(last: str) -> list[dict[str, Any]]:
    return [{"label": _("Ratings"), "url": reverse("firm_ratings")}, {"label": last}]
