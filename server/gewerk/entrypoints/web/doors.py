"""What the pages of staff, operator and contractors need before they start: somebody logged in who may, and how they read numbers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from gewerk.entrypoints.web.manager.formats import formats_for
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.identity.access import require
from gewerk.identity.models import Person
from gewerk.journal.actor import Actor

View = Callable[..., HttpResponseBase]
May = Callable[[Actor], bool]


def door(may: May, *, edits: May) -> Callable[[View], View]:
    """A decorator for pages: whoever is not logged in is asked to, who may not is refused; ``edits``: buttons that change are shown."""

    def through(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            if actor is None:
                return redirect_to_login(request.get_full_path())
            require(may(actor))
            organisation = request.organisation  # type: ignore[attr-defined]
            language = translation.get_language() or organisation.language
            request.reader = Reader(  # type: ignore[attr-defined]
                actor=actor,
                person=cast("Person", request.user),
                organisation=organisation,
                formats=formats_for(organisation, language=language, now=timezone.now()),
                edits=edits(actor),
            )
            return view(request, *args, **kwargs)

        return page

    return through


def reader(request: HttpRequest) -> Reader:
    """The reader that the door put there."""
    return cast("Reader", request.reader)  # type: ignore[attr-defined]
