"""A component is drawn once for each shape; after that only the texts are put in.

A button's markup depends on its kind and on whether it has an icon, not on the words on it. By template tags each of the some thirty
components of a page costs a quarter of a millisecond, half of a page's time (``bench/work_load.py``). ``FREE`` says of which attributes
and slots a component asks no more than whether they are there; everything else is part of the shape. A test holds every shape against
the component itself (``server/tests/web/test_shapes.py``).
"""

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.template import Context, Node, NodeList
from django.template.base import TextNode, VariableNode, render_value_in_context
from django.template.defaulttags import URLNode
from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django_cotton.templatetags import Attrs, UnprocessableDynamicAttr
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, PreparedAttr
from django_cotton.utils import get_cotton_data

FREE: Mapping[str, frozenset[str]] = {
    "button": frozenset({"label", "url", "slot", "aria_label"}),
    "card": frozenset({"title", "note", "sentence", "id", "state", "actions", "foot", "slot"}),
    "chip": frozenset({"label", "url", "remove", "slot"}),
    "empty": frozenset({"title", "sentence", "actions", "slot"}),
    "event": frozenset({"initials", "meta", "bubble", "slot"}),
    "fact": frozenset({"label", "value", "change", "change_label", "slot"}),
    "facts": frozenset({"slot"}),
    "hint": frozenset({"slot"}),
    "menu": frozenset({"label", "name", "slot"}),
    "next-step": frozenset({"sentence", "label", "url", "who", "slot"}),
    "notice": frozenset({"title", "actions", "slot"}),
    "page-head": frozenset({"title", "sentence", "crumbs", "actions", "heads"}),
    "stat": frozenset({"number", "label", "note", "url"}),
    "state": frozenset({"label", "slot"}),
    "stats": frozenset({"slot"}),
    "stream": frozenset({"slot"}),
    "table": frozenset({"label", "slot"}),
}
"""By component: what its template only prints, or asks with a plain ``{% if %}``."""

_HANDED_ON = "aria_label"
"""Stands among all other attributes of the tag, where the component prints a value that is no template's text as it is."""
_MOST = 2_000
_PLACE = re.compile("\ue010([0-9]+)\ue011")
"""Private characters: in no text of a page."""
_READ_ALONE = (TextNode, VariableNode, TranslateNode, URLNode)
"""Nodes that ask nothing of the template around them."""

Value = Callable[[Context], Any]


def has_shape(component: CottonComponentNode) -> bool:
    return component.component_name in FREE and all(
        attr.key != "attrs" and attr.kind in {AttrKind.STATIC, AttrKind.ESCAPED, AttrKind.BOOLEAN, AttrKind.DYNAMIC}
        for attr in component._prepared_attrs
    )


class Shaped(Node):
    """Takes the place of a component whose shapes are remembered."""

    _shapes: dict[Hashable, list[str]] = {}

    def __init__(self, component: CottonComponentNode) -> None:
        self._component = component
        self._name = component.component_name
        self.nodelist: NodeList = component.nodelist
        self._attributes = [
            (
                attr.key,
                name,
                name in FREE[self._name] and not (name == _HANDED_ON and attr.kind is AttrKind.DYNAMIC),
                value_of(attr),
            )
            for attr in component._prepared_attrs
            for name in [attr.key.replace("-", "_")]
        ]

    def render(self, context: Context) -> SafeString:
        shape: list[Hashable] = [self._name, get_language()]
        given: dict[str, Any] = {}
        texts: list[Any] = []
        for key, name, free, value in self._attributes:
            try:
                one = value(context)
            except UnprocessableDynamicAttr:  # as good as not given
                continue
            if free and one:
                shape.append(name)
                given[key] = mark_safe(f"\ue010{len(texts)}\ue011")  # noqa: S308 - a place, no text
                texts.append(one)
            else:
                shape.append((name, type(one), one))
                given[key] = one
        slots = self._slots(context)
        for name, text in slots.items():
            if not text.strip():
                shape.append((name, text))
            else:
                shape.append(name)
                slots[name] = mark_safe(f"\ue010{len(texts)}\ue011")  # noqa: S308 - a place, no text
                texts.append(text)
        asked = tuple(shape)
        parts = self._shapes.get(asked)
        if parts is None:
            if len(self._shapes) >= _MOST:
                self._shapes.clear()
            parts = self._shapes[asked] = _PLACE.split(self._drawn(context, given, slots))
        return mark_safe(  # noqa: S308 - the component's own markup, and each text as a template prints it
            "".join(
                render_value_in_context(texts[int(part)], context) if n % 2 else part for n, part in enumerate(parts)
            )
        )

    def _slots(self, context: Context) -> dict[str, SafeString]:
        """What stands between the component's tags, by name; ``slot`` is what has none."""
        stack = get_cotton_data(context)["stack"]
        gathered: dict[str, Any] = {"key": self._name, "attrs": Attrs({}), "slots": {}}
        stack.append(gathered)
        unnamed = self.nodelist.render(context)
        stack.pop()
        return {"slot": unnamed, **gathered["slots"]}

    def _drawn(self, context: Context, given: dict[str, Any], slots: dict[str, SafeString]) -> str:
        """By the component itself."""
        whole = CottonComponentNode(self._name, NodeList([_Filled(slots)]), {}, self._component.only)
        whole._prepared_attrs = [PreparedAttr(key, AttrKind.STATIC, value, None) for key, value in given.items()]
        drawn: str = whole.render(context)
        return drawn


class _Filled(Node):
    """Fills the slots of the component around it."""

    def __init__(self, slots: dict[str, SafeString]) -> None:
        self._slots = slots

    def render(self, context: Context) -> SafeString:
        unnamed = self._slots["slot"]
        named = {name: text for name, text in self._slots.items() if name != "slot"}
        get_cotton_data(context)["stack"][-1]["slots"].update(named)
        return unnamed


def value_of(attr: PreparedAttr) -> Value:
    """How the attribute's value is read on this page, as the component would."""
    if attr.kind is AttrKind.DYNAMIC:
        return lambda context: attr.compiled.resolve(context)
    if not attr.compiled:
        return lambda _context: attr.value
    nodes = attr.compiled.nodelist
    if all(isinstance(node, _READ_ALONE) for node in nodes):
        return lambda context: mark_safe("".join([node.render(context) for node in nodes]))  # noqa: S308 - as NodeList does
    return lambda context: attr.compiled.render(context)
