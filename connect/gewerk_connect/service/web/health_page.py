"""For whoever runs the service: health as a page and for machines, and metrics. Says nothing about any customer."""

import secrets
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from gewerk_connect.service.watch import Watch
from gewerk_connect.service.watch.health import Health, look
from gewerk_connect.service.watch.metrics import CONTENT_TYPE, Metrics
from gewerk_connect.service.web.door import House
from gewerk_connect.service.web.rendering import render


async def live(request: Request) -> Response:
    """The process answers. Restart it when this does not."""
    del request
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """Whether runs can be carried out; 503 with the reasons when not."""
    health = await run_in_threadpool(_look, request)
    return JSONResponse(health.as_json(), 200 if health.ready else 503, {"Cache-Control": "no-store"})


async def health(request: Request) -> Response:
    """The same for people; machines that ask here get JSON."""
    if "text/html" not in request.headers.get("accept", ""):
        return await ready(request)
    found = await run_in_threadpool(_look, request)
    return HTMLResponse(_page(request, found), 200 if found.ready else 503, {"Cache-Control": "no-store"})


async def metrics(request: Request) -> Response:
    """Prometheus' text, for whoever knows the token of ``[watch] metrics_token``; without one there is no such page."""
    house: House = request.app.state.house
    collected: Metrics | None = getattr(request.app.state, "metrics", None)
    token = house.service.configuration.watch.metrics_token
    if token is None or collected is None:
        return PlainTextResponse("404\n", 404)
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), token.get_secret_value().encode()):
        return PlainTextResponse("401\n", 401, {"WWW-Authenticate": "Bearer"})
    return Response(await run_in_threadpool(collected.text), media_type=CONTENT_TYPE)


def _look(request: Request) -> Health:
    house: House = request.app.state.house
    watch: Watch | None = getattr(request.app.state, "watch", None)
    return look(house.service, house.engine, house.now(), watch.looked_at if watch else None)  # type: ignore[arg-type]


def _page(request: Request, health: Health) -> str:
    house: House = request.app.state.house
    theme = request.cookies.get("gewerk_theme", "")
    context: dict[str, Any] = {
        "language": request.query_params.get("lang") or house.service.configuration.language,
        "theme": theme if theme in ("light", "dark") else "",
        "embedded": False,
        "path": request.url.path,
        "health": health,
    }
    return render("health.html", context)
