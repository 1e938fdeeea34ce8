"""What every contractor's page needs before it starts: somebody of a firm or of an own crew, and how they read numbers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from gewerk.entrypoints.web.manager.formats import formats_for
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.identity.access import is_caretaker, require, works_for_firm
from gewerk.identity.models import Person
from gewerk.projects.access import OrderNotFound, orders
from gewerk.projects.models import WorkOrder

View = Callable[..., HttpResponseBase]
RELATED = ("organisation", "property", "unit", "firm", "crew", "responsible")


def working(view: View) -> View:
    """For people of firms, caretakers and crews; others are asked to log in, or refused."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return redirect_to_login(request.get_full_path())
        require(works_for_firm(actor) or is_caretaker(actor))
        organisation = request.organisation  # type: ignore[attr-defined]
        language = translation.get_language() or organisation.language
        request.reader = Reader(  # type: ignore[attr-defined]
            actor=actor,
            person=cast("Person", request.user),
            organisation=organisation,
            formats=formats_for(organisation, language=language, now=timezone.now()),
            edits=False,
        )
        return view(request, *args, **kwargs)

    return page


def reader(request: HttpRequest) -> Reader:
    """The reader that ``working`` put there."""
    return cast("Reader", request.reader)  # type: ignore[attr-defined]


def job_of(request: HttpRequest, order_id: UUID) -> WorkOrder:
    """The order as its contractor meets it. Raises OrderNotFound."""
    found = orders(reader(request).actor).select_related(*RELATED).filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found
