"""What the operator's pages of vetting and catalogue need before they start: somebody of the operator, and how they read numbers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from gewerk.entrypoints.web.manager.formats import formats_for
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.identity.access import operates, require
from gewerk.identity.models import Person

View = Callable[..., HttpResponseBase]


def operating(view: View) -> View:
    """For people of the operator; others are asked to log in, or refused."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return redirect_to_login(request.get_full_path())
        require(operates(actor))
        organisation = request.organisation  # type: ignore[attr-defined]
        language = translation.get_language() or organisation.language
        request.reader = Reader(  # type: ignore[attr-defined]
            actor=actor,
            person=cast("Person", request.user),
            organisation=organisation,
            formats=formats_for(organisation, language=language, now=timezone.now()),
            edits=True,
        )
        return view(request, *args, **kwargs)

    return page


def reader(request: HttpRequest) -> Reader:
    """The reader that ``operating`` put there."""
    return cast("Reader", request.reader)  # type: ignore[attr-defined]
