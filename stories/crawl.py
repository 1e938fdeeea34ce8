"""Walking the pages as somebody would: log in, follow what is linked, know which named route each page is."""

import re
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Page

# What stands in a mail leads whoever got it to their pages, which the operator who reads along may not open.
_LINKS = """html => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("a[href]:not(.mail *)")]
  .map(link => link.getAttribute("href"))"""

_CONVERTERS = {"uuid": "[0-9a-f-]{36}", "int": "[0-9]+", "str": "[^/]+", "slug": "[-a-zA-Z0-9_]+", "path": ".+"}


def pattern_of(path: str) -> re.Pattern[str]:
    """A route's path as a regular expression."""
    parts = re.split(r"<(?:(\w+):)?\w+>", path)
    # re.split leaves literal, converter, literal, converter ... literal.
    literals, converters = parts[::2], parts[1::2]
    built = re.escape(literals[0])
    for converter, literal in zip(converters, literals[1:], strict=True):
        built += _CONVERTERS[converter or "str"] + re.escape(literal)
    return re.compile(f"^{built}$")


_EXAMPLES = {"uuid": "00000000-0000-7000-8000-000000000000", "int": "0", "str": "x", "slug": "x", "path": "x"}


def example_of(path: str) -> str:
    """An address that matches a route's path and means nothing."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: _EXAMPLES[found.group(1) or "str"], path)


@dataclass
class Crawler:
    """Fetches every page that is linked from where it starts, at most ``per_route`` of one route; nothing is drawn."""

    base_url: str
    routes: list[dict[str, object]]
    per_route: int = 2
    found: dict[str, list[str]] = field(default_factory=dict)
    """Route name -> addresses (with query) that answered 200 with a page."""
    passed: set[str] = field(default_factory=set)
    """Names of linked routes that answered with a file to keep, or led on to another page."""

    def route_of(self, path: str) -> str | None:
        for route in self.routes:
            if pattern_of(str(route["path"])).match(path):
                return str(route["name"])
        return None

    def walk(self, page: Page, start: str) -> None:
        queue, seen = [start], {start}
        while queue:
            address = queue.pop(0)
            path = urlsplit(address).path
            name = self.route_of(path)
            if name is None or len(self.found.get(name, [])) >= self.per_route:
                continue
            answer = page.request.get(self.base_url + address)
            assert answer.status < 400, f"{address} is linked but answers {answer.status}"
            if answer.headers.get("content-disposition"):
                self.passed.add(name)
                continue
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            landed = self.route_of(urlsplit(answer.url).path)
            if landed != name:
                self.passed.add(name)
            if landed:
                here = answer.url.removeprefix(self.base_url)
                if here not in self.found.setdefault(landed, []):
                    self.found[landed].append(here)
            for href in page.evaluate(_LINKS, answer.text()):
                target = urldefrag(urljoin(answer.url, href)).url
                if target.startswith(self.base_url + "/"):
                    here = target.removeprefix(self.base_url)
                    if here not in seen and not here.startswith(("/api/", "/static/")):
                        seen.add(here)
                        queue.append(here)
