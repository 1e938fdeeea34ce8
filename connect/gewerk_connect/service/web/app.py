"""Every address of the service. Reads top to bottom as somebody walks: in, catalogue, three steps, the use case's page."""

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from gewerk_connect.service.access import sets_up
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.web import (
    catalogue,
    entry,
    explain_page,
    go_live,
    health_page,
    login,
    mapping_page,
    notify_page,
    plan,
    runs,
    schedule_page,
    separator_page,
    settings_page,
    tables,
    use_case,
)
from gewerk_connect.service.web.door import House, View, door, refusal_page
from gewerk_connect.service.web.headers import Headers
from gewerk_connect.service.web.rendering import STATIC, static_version
from gewerk_connect.service.web.said import Said

_NOTHING = (
    Said("Hier ist nichts", "There is nothing here"),
    Said("Die Adresse stimmt nicht, oder was hier war, gibt es nicht mehr.", "The address is wrong, or it has gone."),
)
_BROKEN = (
    Said("Hier ist etwas schiefgegangen", "Something went wrong here"),
    Said(
        "Der Fehler liegt bei uns, es wurde nichts gespeichert. Versuchen Sie es noch einmal; bleibt es dabei, sagen Sie es"
        " dem Betreiber.",
        "The fault is ours, nothing was saved. Try again; if it stays so, tell the operator.",
    ),
)


class _Kept(StaticFiles):
    """The look's files: their address changes with them, so a browser may keep them."""

    def file_response(self, *args: object, **values: object) -> Response:
        answer: Response = super().file_response(*args, **values)  # type: ignore[arg-type]
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


def _shows(path: str, view: View, **options: object) -> Route:
    return Route(path, door(view, **options), methods=["GET"])  # type: ignore[arg-type]


def _takes(path: str, view: View, **options: object) -> Route:
    return Route(path, door(view, **options), methods=["POST"])  # type: ignore[arg-type]


ONE = "/connections/{connection_id}"
ROUTES = [
    Route("/open", entry.open_link, methods=["GET"]),
    Route("/health", health_page.health, methods=["GET"]),
    Route("/health/live", health_page.live, methods=["GET"]),
    Route("/health/ready", health_page.ready, methods=["GET"]),
    Route("/metrics", health_page.metrics, methods=["GET"]),
    _takes("/language", entry.change_language),
    _takes("/close", entry.close),
    _shows("/", catalogue.catalogue),
    _shows("/targets/{kind}", catalogue.target),
    _takes("/targets/{kind}/activate", catalogue.activate, needs=sets_up),
    _shows(f"{ONE}/login", login.login, needs=sets_up),
    _takes(f"{ONE}/login/target", login.try_the_target, needs=sets_up),
    _takes(f"{ONE}/login/source", login.try_the_source, needs=sets_up),
    _shows(f"{ONE}/login/source/answer", login.source_answer, needs=sets_up),
    _shows(f"{ONE}/settings", settings_page.settings, needs=sets_up),
    _takes(f"{ONE}/settings", settings_page.save_settings, needs=sets_up),
    _takes(f"{ONE}/settings/draft", settings_page.keep_draft, needs=sets_up),
    _takes(f"{ONE}/settings/sums", settings_page.sums, needs=sets_up),
    _shows(f"{ONE}/settings/clients", settings_page.suggest_clients, needs=sets_up),
    _shows(f"{ONE}/settings/objects", settings_page.suggest_objects, needs=sets_up),
    _shows(f"{ONE}/finish", plan.finish, needs=sets_up),
    _takes(f"{ONE}/start", plan.start, needs=sets_up),
    _takes(f"{ONE}/remove", use_case.remove_draft, needs=sets_up),
    _shows(ONE, use_case.overview),
    _shows(f"{ONE}/progress", use_case.progress),
    _takes(f"{ONE}/run", use_case.run_now),
    _takes(f"{ONE}/stop", use_case.stop_run),
    _takes(f"{ONE}/pause", use_case.pause),
    _takes(f"{ONE}/resume", use_case.resume),
    _takes(f"{ONE}/fuse", use_case.confirm_fuse, needs=sets_up),
    _shows(f"{ONE}/plan", plan.plan),
    _takes(f"{ONE}/plan", plan.make_plan),
    _shows(f"{ONE}/plan/progress", plan.plan_progress),
    _shows(f"{ONE}/runs", runs.runs),
    _shows(f"{ONE}/runs/{{run_id}}", runs.run),
    _shows(f"{ONE}/runs/{{run_id}}/report.xlsx", runs.report),
    _shows(f"{ONE}/explain", explain_page.explain_page),
    _shows(f"{ONE}/schedule", schedule_page.schedule, needs=sets_up),
    _takes(f"{ONE}/schedule", schedule_page.save_schedule, needs=sets_up),
    _shows(f"{ONE}/notify", notify_page.notify, needs=sets_up),
    _takes(f"{ONE}/notify", notify_page.save_notify, needs=sets_up),
    _shows(f"{ONE}/usages", tables.usages, needs=sets_up),
    _takes(f"{ONE}/usages", tables.save_usages, needs=sets_up),
    _shows(f"{ONE}/floors", tables.floors, needs=sets_up),
    _takes(f"{ONE}/floors", tables.save_floors, needs=sets_up),
    _takes(f"{ONE}/tables/{{which}}/effect", tables.effect, needs=sets_up),
    _shows(f"{ONE}/mapping", mapping_page.mapping, needs=sets_up),
    _takes(f"{ONE}/mapping", mapping_page.save_mapping, needs=sets_up),
    _shows(f"{ONE}/mapping/effect", mapping_page.mapping_effect, needs=sets_up),
    _shows(f"{ONE}/mapping/download", mapping_page.download, needs=sets_up),
    _shows(f"{ONE}/separator", separator_page.separator, needs=sets_up),
    _shows(f"{ONE}/sign-off", use_case.sign_off_page, needs=sets_up),
    _takes(f"{ONE}/sign-off", use_case.sign_off, needs=sets_up),
    _shows(f"{ONE}/go-live", go_live.go_live_page, needs=sets_up),
    _takes(f"{ONE}/go-live", go_live.go_live, needs=sets_up),
]


def _not_found(request: Request, _error: Exception) -> Response:
    house: House = request.app.state.house
    return refusal_page(request, house, house.service.configuration.language, _NOTHING, 404)


def _broken(request: Request, _error: Exception) -> Response:
    house: House = request.app.state.house
    return refusal_page(request, house, house.service.configuration.language, _BROKEN, 500)


def make_app(configuration: Configuration, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The ASGI application; whoever starts it puts a ``House`` into ``app.state.house``."""
    return Starlette(
        routes=[*ROUTES, Mount(f"/static/{static_version()}", GZipMiddleware(_Kept(directory=STATIC)))],
        middleware=[
            Middleware(Headers, configuration=configuration),
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=[urlsplit(configuration.base_url).hostname or "", "localhost", "127.0.0.1"],
                www_redirect=False,
            ),
        ],
        exception_handlers={404: _not_found, 405: _not_found, 500: _broken},
        lifespan=lifespan,
    )
