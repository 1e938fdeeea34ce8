"""Which step of a request, an invitation or a quote may follow which, and by whom: the tables that operations and pages ask."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.projects.states import State as OrderState


class Mode(models.TextChoices):
    REQUEST_FOR_QUOTES = "request_for_quotes", _("request for quotes")
    FIXED_PRICE_OFFER = "fixed_price_offer", _("fixed-price offer")


class State(models.TextChoices):
    """Of a request."""

    DRAFT = "draft", _("being prepared")
    OPEN = "open", _("quotes are awaited")
    OPENED = "opened", _("quotes are opened")
    AWARDED = "awarded", _("awarded")
    ENDED = "ended", _("ended without an award")


FINAL = frozenset({State.AWARDED, State.ENDED})
LIVE = frozenset(set(State) - FINAL)
"""At most one request of an order is live."""
SHOWN_TO_FIRMS = frozenset(set(State) - {State.DRAFT})


class QuoteState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    REPLACED = "replaced", _("replaced by a newer one")
    WITHDRAWN = "withdrawn", _("withdrawn")
    AWARDED = "awarded", _("awarded")
    NOT_AWARDED = "not_awarded", _("not awarded")


QUOTES_OPENED = frozenset({QuoteState.SUBMITTED, QuoteState.AWARDED, QuoteState.NOT_AWARDED})
"""What the manager finds behind the seal; drafts and what was taken back stay the firm's own."""


class InvitationState(models.TextChoices):
    INVITED = "invited", _("invited")
    DECLINED = "declined", _("declined")


RATEABLE = frozenset({OrderState.ACCEPTED, OrderState.INVOICED, OrderState.PAID})
"""Of a work order: the work is done and was accepted."""


class By(StrEnum):
    STAFF = "staff"  # the manager's people who edit orders, and keys that may do everything
    FIRM = "firm"  # the firm's owner and dispatchers, or whoever holds the link of its mail
    SYSTEM = "system"  # the worker


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a table."""

    key: str
    title: Promise
    """The button: a verb."""
    sources: frozenset[str]
    target: str
    by: frozenset[By]
    modes: frozenset[Mode] = frozenset(Mode)
    needs_reason: bool = False


_QUOTED, _FIXED = frozenset({Mode.REQUEST_FOR_QUOTES}), frozenset({Mode.FIXED_PRICE_OFFER})
_STAFF, _FIRM = frozenset({By.STAFF}), frozenset({By.FIRM})

STEPS: tuple[Step, ...] = (
    Step("send", _("Send the request"), frozenset({State.DRAFT}), State.OPEN, _STAFF),
    Step(
        "open",
        _("Open the quotes"),
        frozenset({State.OPEN}),
        State.OPENED,
        frozenset({By.STAFF, By.SYSTEM}),
        _QUOTED,
    ),
    Step("award", _("Award"), frozenset({State.OPENED}), State.AWARDED, _STAFF, _QUOTED),
    Step("claim", _("Take the job at this price"), frozenset({State.OPEN}), State.AWARDED, _FIRM, _FIXED),
    Step("end", _("End without an award"), LIVE, State.ENDED, frozenset({By.STAFF, By.SYSTEM}), needs_reason=True),
)
BY_KEY = {step.key: step for step in STEPS}

QUOTE_STEPS: tuple[Step, ...] = (
    Step("submit", _("Submit the quote"), frozenset({QuoteState.DRAFT}), QuoteState.SUBMITTED, _FIRM),
    Step("replace", _("Replace the quote"), frozenset({QuoteState.SUBMITTED}), QuoteState.REPLACED, _FIRM),
    Step("withdraw", _("Withdraw the quote"), frozenset({QuoteState.SUBMITTED}), QuoteState.WITHDRAWN, _FIRM),
    Step("award", _("Award"), frozenset({QuoteState.SUBMITTED}), QuoteState.AWARDED, _STAFF),
    Step("pass_over", _("Do not award"), frozenset({QuoteState.SUBMITTED}), QuoteState.NOT_AWARDED, _STAFF),
)
QUOTE_BY_KEY = {step.key: step for step in QUOTE_STEPS}


def allowed(state: str, mode: str, parties: frozenset[By]) -> tuple[Step, ...]:
    """The steps of a request that somebody who is these ``parties`` may take from here, in the table's order."""
    return tuple(step for step in STEPS if state in step.sources and mode in step.modes and parties & step.by)
