"""A row of a list as markup.

By template tags fifty rows of nine cells are some 4,000 tags, most of a page's time (``bench/work_load.py``); from here the same
markup costs a fraction. The components inside (icon, bar, avatar) stay the templates' own, rendered once per value.
"""

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any

from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.formats import OfTheDay
from gewerk.entrypoints.web.manager.listing.page import Page
from gewerk.entrypoints.web.manager.listing.pieces import AnyListing, Cell, Column, Reader, Text
from gewerk.kit.fingerprint import fingerprint


@lru_cache(maxsize=4096)
def _component(name: str, *given: tuple[str, str | float]) -> SafeString:
    template = Template("{% cotton " + name + ' :attrs="given" / %}')
    return template.render(Context({"given": dict(given)}))


def rows(reader: Reader, page: Page) -> list[SafeString]:
    """A ``<tr>`` each. Whatever the cells hold is escaped.

    A row follows from what it holds, from the columns, from who reads in which language, and from the day: under all of that its markup
    is kept, so that a list seen again is not written again. Cells cannot ask what time it is.
    """
    by_day = replace(reader, formats=OfTheDay(reader.formats))
    alike = (
        page.listing.key,
        page.state.columns,
        get_language(),
        reader.actor,
        reader.edits,
        fingerprint(reader.organisation),
        reader.formats.locale,
        by_day.formats.today,
    )
    writer: Callable[[Any], SafeString] | None = None
    written = []
    for row in page.rows:
        holds = alike, fingerprint(row)
        markup = _kept.get(holds)
        if markup is None:
            writer = writer or _writer(page, by_day)
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            markup = _kept[holds] = writer(row)
        written.append(markup)
    return written


_kept: dict[Hashable, SafeString] = {}
_MOST_KEPT = 4_000
"""Rows; each some 5 KB with what it holds."""


def _writer(page: Page, reader: Reader) -> Callable[[Any], SafeString]:
    choose = _("Choose %(name)s")
    # Alike in every row.
    words = [_words(column) for column in page.shown[1:]]

    def write(row: Any) -> SafeString:
        return _row(page.listing, row, [(column, column.cell(row, reader)) for column in page.shown], choose, words)

    return write


def _words(column: Column[Any]) -> str:
    return _attribute("data-word", column.word) + _attribute("data-label", column.label)


def _row(
    listing: AnyListing, row: Any, shown: Sequence[tuple[Column[Any], Cell]], choose: str, words: Sequence[str]
) -> SafeString:
    first = shown[0][1]
    sums = json.dumps(dict(listing.sums(row)))
    choose = _safe(choose % {"name": first.text})
    cells = "".join([_cell(column, cell, its) for (column, cell), its in zip(shown[1:], words, strict=True)])
    return mark_safe(  # noqa: S308 - each part went through _safe or comes from here
        f'<tr><td class="pick"><input type="checkbox" class="checkbox" name="id" value="{_safe(listing.identity(row))}"'
        f' data-sums="{_safe(sums)}" aria-label="{choose}"></td>'
        f'<th scope="row"><a href="{_safe(listing.href(row))}">{_safe(first.text)}</a>{_small(first)}</th>{cells}</tr>'
    )


def _safe(text: Text) -> str:
    """Escaped, unless it is markup already: ``conditional_escape`` without its detours, for some thousand texts of a page."""
    return text if isinstance(text, SafeString) else escape(str(text))


def _cell(column: Column[Any], cell: Cell, words: str) -> str:
    kind = f"{'num' if column.numeric else ''}{'id' if column.unbroken else ''}{' zero' if cell.muted else ''}"
    title = "" if cell.state else _attribute("title", cell.title)
    return f'<td class="{kind}"{words}{title}>{_content(cell)}{_small(cell)}</td>'


def _content(cell: Cell) -> str:
    text = _safe(cell.text)
    if cell.state:
        icon = _component("icon", ("name", cell.icon)) if cell.icon else ""
        title = _attribute("title", cell.title)
        return f'<span class="{_safe(cell.state)}"{title}>{icon}<span>{text}</span></span>'
    if cell.bar is not None:
        bar = _component("bar", ("value", round(cell.bar, 3)), ("max", 1))
        return f'<span class="with-bar"><span>{text}</span>{bar}</span>'
    if cell.initials:
        return _component("avatar", ("initials", cell.initials), ("name", str(cell.text)), ("size", "small"))
    if cell.href:
        return f'<a href="{_safe(cell.href)}">{text}</a>'
    return text


def _small(cell: Cell) -> str:
    return f"<small>{_safe(cell.small)}</small>" if cell.small else ""


def _attribute(name: str, value: Text) -> str:
    return f' {name}="{_safe(value)}"' if value else ""
