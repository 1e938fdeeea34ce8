"""Ratings and the score as pages show them, for managers, tenants and firms alike; and the form that asks for stars."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.marketplace.answer_rule import MOST_RUNNING, MOST_UNANSWERED_PERCENT, WINDOW
from gewerk.marketplace.models import ASPECTS, RatedBy, Rating
from gewerk.marketplace.operations.rate_work import MOST_TEXT
from gewerk.marketplace.score import ASSUMED, PERMILLE, WEIGHTS, Part, Score

PARTS: dict[Part, Any] = {
    Part.QUALITY: gettext_lazy("Quality of the work"),
    Part.PUNCTUALITY: gettext_lazy("Punctuality"),
    Part.TIDINESS: gettext_lazy("Tidiness"),
    Part.PRICE_TRUTH: gettext_lazy("Price as agreed"),
    Part.NO_RECALL: gettext_lazy("Work without recall"),
    Part.ANSWERS: gettext_lazy("Requests answered"),
}
_STARS = (
    ("", gettext_lazy("please choose")),
    ("5", gettext_lazy("5 – very good")),
    ("4", gettext_lazy("4 – good")),
    ("3", gettext_lazy("3 – fair")),
    ("2", gettext_lazy("2 – bad")),
    ("1", gettext_lazy("1 – very bad")),
)
_HELP: dict[str, Any] = {
    "quality": gettext_lazy("Was the work done well?"),
    "punctuality": gettext_lazy("Did they come and finish as agreed?"),
    "tidiness": gettext_lazy("Did they leave the place clean?"),
    "price_truth": gettext_lazy("Is the bill what was agreed?"),
}


class RatingForm(PageForm):
    """One to five stars for each aspect asked, and words for who wants."""

    def __init__(self, *args: Any, aspects: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in aspects:
            self.fields[name] = forms.TypedChoiceField(
                label=PARTS[Part(name)], help_text=_HELP[name], choices=_STARS, coerce=int
            )
        self.fields["text"] = forms.CharField(
            label=gettext_lazy("In words"),
            required=False,
            max_length=MOST_TEXT,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=gettext_lazy("The firm reads it and may answer once."),
        )

    def stars(self) -> dict[str, int]:
        return {name: value for name, value in self.cleaned_data.items() if name in ASPECTS}


class AnswerForm(PageForm):
    """The firm's one answer to a rating."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("You answer once. The manager reads it beside the rating."),
    )


def rating_line(rating: Rating, formats: Formats) -> dict[str, Any]:
    """One rating, for whoever may read it."""
    given = [(name, getattr(rating, name)) for name in ASPECTS]
    return {
        "id": rating.pk,
        "by": RatedBy(rating.rated_by).label,
        "at": formats.day(rating.rated_at.astimezone(formats.zone).date()),
        "stars": [
            {"name": PARTS[Part(name)], "stars": stars, "words": _("%(n)d of 5") % {"n": stars}}
            for name, stars in given
            if stars is not None
        ],
        "text": rating.text,
        "answer": rating.answer,
        "answered_at": formats.day(rating.answered_at.astimezone(formats.zone).date()) if rating.answered_at else "",
    }


def score_card(score: Score, formats: Formats) -> dict[str, Any]:
    """The score with its parts: all that one needs to reckon it again."""
    return {
        "points": score.points,
        "sentence": from_ratings(score),
        "parts": [
            {
                "name": PARTS[part],
                "permille": score.values[part],
                "value": formats.percent(score.values[part] / PERMILLE),
                "weight": f"{WEIGHTS[part]} %",
                "note": _note(score, part),
            }
            for part in Part
        ],
        "assumed": ASSUMED,
        "rule": {"percent": MOST_UNANSWERED_PERCENT, "days": WINDOW.days, "running": MOST_RUNNING},
    }


def from_ratings(score: Score) -> str:
    """On how much the points rest."""
    return ngettext("from %(n)d rating", "from %(n)d ratings", score.ratings) % {"n": score.ratings}


def _note(score: Score, part: Part) -> str:
    """Of what the part is made."""
    count = score.counts[part]
    if not count:
        return _("nothing yet")
    if part is Part.NO_RECALL:
        return _("%(bad)d of %(n)d orders came back") % {"bad": score.recalled, "n": count}
    if part is Part.ANSWERS:
        return _("%(bad)d of %(n)d requests without an answer") % {"bad": score.unanswered, "n": count}
    return ngettext("%(n)d rating", "%(n)d ratings", count) % {"n": count}
