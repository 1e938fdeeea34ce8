"""In and out: a signed link opens the pages, everything else needs what it left behind."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gewerk_connect.service import sessions
from gewerk_connect.service.links import LinkRefused, use_link
from gewerk_connect.service.web.door import House, Visit, refusal_page, same_origin_path
from gewerk_connect.service.web.said import Said


async def open_link(request: Request) -> Response:
    """``GET /open?link=...``: checks the link, begins a session, lands on a page without the link in its address."""
    return await run_in_threadpool(_open, request)


def _open(request: Request) -> Response:
    house: House = request.app.state.house
    now = house.now()
    try:
        link, issuer = use_link(request.query_params.get("link", ""), house.service, now)
    except LinkRefused as refused:
        title = Said("Der Link öffnet nicht", "The link does not open")
        language = house.service.configuration.language
        return refusal_page(request, house, language, (title, Said(refused.de, refused.en)), 403)
    value, _ = sessions.begin(house.service, link, issuer, now)
    answer = RedirectResponse(link.path, 303)
    answer.headers.append("set-cookie", _cookie(house, value, int(sessions.LIFE.total_seconds())))
    return answer


def _cookie(house: House, value: str, life: int) -> str:
    """With TLS it also lives in the frame of a foreign page, but there apart for each such page (CHIPS)."""
    where = "Secure; SameSite=None; Partitioned" if house.service.configuration.secure else "SameSite=Lax"
    return f"{house.cookie}={value}; Path=/; HttpOnly; Max-Age={life}; {where}"


def change_language(visit: Visit) -> Response:
    wanted = visit.text("language")
    if wanted in ("de", "en"):
        sessions.change(visit.house.service, visit.session, language=wanted)
    return visit.go(same_origin_path(visit.text("back")))


def close(visit: Visit) -> Response:
    """Ends the session and leads back to where it was opened."""
    sessions.end(visit.house.service, visit.session)
    issuers = visit.house.service.configuration.issuers
    home = next((one.home for one in issuers if one.name == visit.session.issuer and one.home), None)
    answer = RedirectResponse(home or "/", 303)
    answer.headers.append("set-cookie", _cookie(visit.house, "", 0))
    return answer
