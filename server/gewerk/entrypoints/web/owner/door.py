"""What every page of a private owner needs before it starts: somebody with a house or flat of their own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from gewerk.entrypoints.web.manager.door import managing
from gewerk.identity.access import owns_privately, require

View = Callable[..., HttpResponseBase]


def owning(view: View) -> View:
    """Others are asked to log in, or refused."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(owns_privately(request.actor))  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return managing(page)
