"""Answers for the app: JSON, with the refusal in the reader's words."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.field.shell import may_use
from gewerk.entrypoints.web.refusals import STATUS
from gewerk.kit.refusals import Refusal

View = Callable[..., HttpResponseBase]


def answer(data: Any, status: int = 200) -> HttpResponse:
    response = HttpResponse(orjson.dumps(data, option=orjson.OPT_UTC_Z), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def for_the_app(view: View) -> View:
    """Says no as JSON with a sentence: a phone in a cellar cannot be led to a page."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return answer({"code": "login_needed", "message": _("Please log in again; nothing is lost.")}, 401)
        if not may_use(actor):
            return answer({"code": "forbidden", "message": _("Your role does not include this.")}, 403)
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            told = {"code": refusal.code, "message": str(refusal.message)}
            problems = [{"pointer": p.pointer, "message": p.message} for p in refusal.problems]
            return answer({**told, "problems": problems, **refusal.details}, STATUS[refusal.kind])

    return answering
