"""A row of a list as markup.

By template tags fifty rows of nine cells are some 4,000 tags, most of a page's time (``bench/work_load.py``); from here the same
markup costs a fraction. The components inside (icon, bar, avatar) stay the templates' own, rendered once per value.
"""

from functools import lru_cache
from typing import Any

from django.template import Context, Template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.listing.page import Line
from gewerk.entrypoints.web.manager.listing.pieces import Cell, Column, Text


@lru_cache(maxsize=4096)
def _component(name: str, *given: tuple[str, str | float]) -> SafeString:
    template = Template("{% cotton " + name + ' :attrs="given" / %}')
    return template.render(Context({"given": dict(given)}))


def row(line: Line) -> SafeString:
    """One ``<tr>``. Whatever the line holds is escaped."""
    first = line.cells[0][1]
    return format_html(
        '<tr><td class="pick"><input type="checkbox" class="checkbox" name="id" value="{}" data-sums="{}" aria-label="{}"></td>'
        '<th scope="row"><a href="{}">{}</a>{}</th>{}</tr>',
        line.id,
        line.sums,
        _("Choose %(name)s") % {"name": line.name},
        line.href,
        first.text,
        _small(first),
        format_html_join("", "{}", ((_cell(column, cell),) for column, cell in line.cells[1:])),
    )


def _cell(column: Column[Any], cell: Cell) -> SafeString:
    return format_html(
        '<td class="{}{}{}"{}{}{}>{}{}</td>',
        "num" if column.numeric else "",
        "id" if column.unbroken else "",
        " zero" if cell.muted else "",
        _attribute("data-word", column.word),
        _attribute("data-label", column.label),
        "" if cell.state else _attribute("title", cell.title),
        _content(cell),
        _small(cell),
    )


def _content(cell: Cell) -> Text:
    if cell.state:
        icon = _component("icon", ("name", cell.icon)) if cell.icon else ""
        title = _attribute("title", cell.title)
        return format_html('<span class="{}"{}>{}<span>{}</span></span>', cell.state, title, icon, cell.text)
    if cell.bar is not None:
        bar = _component("bar", ("value", round(cell.bar, 3)), ("max", 1))
        return format_html('<span class="with-bar"><span>{}</span>{}</span>', cell.text, bar)
    if cell.initials:
        return _component("avatar", ("initials", cell.initials), ("name", str(cell.text)), ("size", "small"))
    if cell.href:
        return format_html('<a href="{}">{}</a>', cell.href, cell.text)
    return cell.text


def _small(cell: Cell) -> Text:
    return format_html("<small>{}</small>", cell.small) if cell.small else ""


def _attribute(name: str, value: Text) -> Text:
    return format_html(' {}="{}"', name, value) if value else ""
