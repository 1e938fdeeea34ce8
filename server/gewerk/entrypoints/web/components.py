"""What looks the same whenever the same goes in is rendered once: icons by themselves, other parts where a page says so.

A page has some fifty icons; each cost two tenths of a millisecond, together a fifth of the page, and the frame around it another
fifth (``bench/work_load.py``).
"""

from collections.abc import Hashable
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, cotton_component

from gewerk.entrypoints.web.shapes import Shaped, has_shape, value_of
from gewerk.kit.fingerprint import fingerprint

register = Library()


@register.tag("cotton")
def cotton(parser: Parser, token: Token) -> Node:
    """Takes the place of django-cotton's own tag, and is that tag for all other components."""
    node = cotton_component(parser, token)
    # A label is somebody's words where it is not in the template itself (a file's name): those are not remembered.
    simple = all(
        attr.kind is AttrKind.STATIC or (attr.kind is AttrKind.ESCAPED and attr.key == "name")
        for attr in node._prepared_attrs
    )
    if node.component_name == "icon" and simple:
        return RememberedIcon(node)
    return Shaped(node) if has_shape(node) else node


class RememberedIcon(Node):
    """Asks the component itself for attributes it has not met yet."""

    _rendered: dict[Hashable, SafeString] = {}

    def __init__(self, component: CottonComponentNode) -> None:
        self._component = component
        self._names = tuple(attr.key for attr in component._prepared_attrs)
        self._values = [value_of(attr) for attr in component._prepared_attrs]

    def render(self, context: Context) -> SafeString:
        asked = (self._names, *[value(context) for value in self._values])
        found = self._rendered.get(asked)
        if found is None:
            found = self._component.render(context)
            self._rendered[asked] = found
        return found


@register.tag("remember")
def remember(parser: Parser, token: Token) -> Node:
    """``{% remember one two %}...{% endremember %}``: markup that depends on these values and the language, on nothing else.

    Texts, numbers, and dicts and lists of them; a record stands for all that it holds (``kit.fingerprint``).
    """
    keys = token.split_contents()[1:]
    if not keys:
        raise TemplateSyntaxError("remember: say on which values the markup depends")
    inside = parser.parse(("endremember",))
    parser.delete_first_token()
    return Remembered(inside, [parser.compile_filter(key) for key in keys])


def _frozen(value: Any) -> Hashable:
    if isinstance(value, dict):
        return tuple((name, _frozen(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        return tuple(_frozen(one) for one in value)
    if isinstance(value, Promise | UUID):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Model):
        return fingerprint(value)
    raise TypeError(f"remember: {type(value).__name__} says not all that may change")


class Remembered(Node):
    """Keeps the last markups, ``_ROOM`` characters of them. What protects forms (``csrf_token``) is put in anew each time."""

    _ROOM = 4_000_000
    _PLACE_OF_TOKEN = "\ue000\ue001"  # noqa: S105 - stands where the token comes
    """Private characters: in no text of a page."""

    def __init__(self, inside: NodeList, keys: list[FilterExpression]) -> None:
        self._inside, self._keys = inside, keys
        self._rendered: dict[Hashable, str] = {}
        self._length = 0

    def render(self, context: Context) -> SafeString:
        asked = (get_language(), *(_frozen(key.resolve(context)) for key in self._keys))
        found = self._rendered.get(asked)
        if found is None:
            with context.push(csrf_token=self._PLACE_OF_TOKEN):
                found = self._inside.render(context)
            self._rendered[asked] = found
            self._length += len(found)
            if self._length > self._ROOM:
                self._forget_the_oldest()
        if self._PLACE_OF_TOKEN in found:
            found = found.replace(self._PLACE_OF_TOKEN, str(context.get("csrf_token") or ""))
        return mark_safe(found)  # noqa: S308 - rendered by the template above, with its escaping

    def _forget_the_oldest(self) -> None:
        """A tenth of them. Other threads may put in and take out meanwhile."""
        every = list(self._rendered)
        for asked in every[: len(every) // 10 + 1]:
            self._length -= len(self._rendered.pop(asked, ""))
