"""Templates to pages: the environment, the texts' two languages, the addresses of the look's files."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import gewerk_ui
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from gewerk_connect.service.web import words
from gewerk_connect.service.web.plain_words import plainly
from gewerk_connect.service.web.said import Said

STATIC = Path(gewerk_ui.__file__).parent / "static" / "gewerk"


@cache
def static_version() -> str:
    """Changes with the look's files, so that a browser may keep them for ever."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def static(name: str) -> str:
    return f"/static/{static_version()}/{name}"


@pass_context
def _t(context: Context, de: str, en: str, **values: object) -> str:
    """A plain text in the reader's language."""
    text = en if context["language"] == "en" else de
    return text.format(**values) if values else text


@pass_context
def _th(context: Context, de: str, en: str, **values: object) -> Markup:
    """A text with marks of its own (``<b>``); what is put in is escaped."""
    return Markup(en if context["language"] == "en" else de).format(**values)  # noqa: S704 - our own texts only


@pass_context
def _plain(context: Context, text: str | None) -> str:
    """A message in the words of the pages."""
    return plainly(text or "", context["language"])


@pass_context
def _say(context: Context, said: Said) -> str:
    return said.in_(context["language"])


def _sum_of(rows: Iterable[Mapping[str, int]], name: str) -> int:
    return sum(row.get(name, 0) for row in rows)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=_t, th=_th, said=_say, plain=_plain, static=static, icons=static("icons.svg"), words=words)
    made.filters.update(sum_of=_sum_of)
    return made


def render(name: str, context: dict[str, Any]) -> str:
    return environment().get_template(name).render(context)
