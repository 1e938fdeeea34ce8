"""Another separator after the first run is a migration on the command line; the page says how, with the command."""

from shlex import quote

from starlette.responses import Response

from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.settings_page import fixed_separator
from gewerk_connect.settings import SEPARATORS


def separator(visit: Visit) -> Response:
    row = visit.connection
    fixed = fixed_separator(visit, row)
    if fixed is None:
        return visit.go(f"/connections/{row.id}/settings")
    look = visit.looks.newest(row.id, "inventory")
    unsafe = look.outcome.get("separators", {}) if look else {}
    wanted = visit.query.get("to", "")
    others = [one for one in SEPARATORS if one != fixed]
    to = wanted if wanted in others else next((one for one in others if one not in unsafe), others[0])
    config = visit.house.service.configuration.file or "service.toml"
    command = (
        f"gewerk-connect change-separator --config {quote(str(config))} --connection {quote(row.id)} --to {quote(to)}"
    )
    return visit.page("separator.html", fixed=fixed, others=others, unsafe=unsafe, to=to, command=command)
