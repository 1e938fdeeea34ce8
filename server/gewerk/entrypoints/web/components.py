"""An icon looks the same whenever its attributes are the same, so each is rendered once.

A page has some fifty; each cost two tenths of a millisecond, together a fifth of the page (``bench/work_load.py``).
"""

from collections.abc import Hashable
from typing import Any

from django.template import Context, Library, Node
from django.template.base import Parser, Token
from django.utils.safestring import SafeString
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, cotton_component

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
    return RememberedIcon(node) if node.component_name == "icon" and simple else node


class RememberedIcon(Node):
    """Asks the component itself for attributes it has not met yet."""

    _rendered: dict[Hashable, SafeString] = {}

    def __init__(self, component: CottonComponentNode) -> None:
        self._component = component
        self._attributes: list[tuple[str, Any, Any]] = [(a.key, a.value, a.compiled) for a in component._prepared_attrs]

    def render(self, context: Context) -> SafeString:
        asked = tuple((key, made.render(context) if made else value) for key, value, made in self._attributes)
        found = self._rendered.get(asked)
        if found is None:
            found = self._component.render(context)
            self._rendered[asked] = found
        return found
