"""A row of a list as markup.

By template tags fifty rows of nine cells are some 4,000 tags, most of a page's time (``bench/work_load.py``); from here the same
markup costs a fraction. The components inside (icon, bar, avatar) stay the templates' own, rendered once per value.
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.listing.page import Line
from gewerk.entrypoints.web.manager.listing.pieces import Cell, Column, Text


@lru_cache(maxsize=4096)
def _component(name: str, *given: tuple[str, str | float]) -> SafeString:
    template = Template("{% cotton " + name + ' :attrs="given" / %}')
    return template.render(Context({"given": dict(given)}))


def rows(lines: Sequence[Line]) -> list[SafeString]:
    """A ``<tr>`` each. Whatever the lines hold is escaped."""
    if not lines:
        return []
    choose = _("Choose %(name)s")
    # Alike in every row.
    words = [_words(column) for column, _cell_of_it in lines[0].cells[1:]]
    return [_row(line, choose, words) for line in lines]


def _words(column: Column[Any]) -> str:
    return _attribute("data-word", column.word) + _attribute("data-label", column.label)


def _row(line: Line, choose: str, words: Sequence[str]) -> SafeString:
    first = line.cells[0][1]
    choose = _safe(choose % {"name": line.name})
    cells = "".join([_cell(column, cell, its) for (column, cell), its in zip(line.cells[1:], words, strict=True)])
    return mark_safe(  # noqa: S308 - each part went through _safe or comes from here
        f'<tr><td class="pick"><input type="checkbox" class="checkbox" name="id" value="{_safe(line.id)}"'
        f' data-sums="{_safe(line.sums)}" aria-label="{choose}"></td>'
        f'<th scope="row"><a href="{_safe(line.href)}">{_safe(first.text)}</a>{_small(first)}</th>{cells}</tr>'
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
