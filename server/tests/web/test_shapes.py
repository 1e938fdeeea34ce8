"""A remembered shape with the texts put in is what the component itself draws, whatever it is given."""

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from django_cotton.templatetags import _component
from gewerk.entrypoints.web import components, shapes
from hypothesis import given
from hypothesis import strategies as st

_TEXTS = st.sampled_from(
    ["", "Müller & <Söhne>", '"x"', "0", " ", "ä", "/tickets/?a=1&b=2", "{{ x }}", "\ue0100\ue011"]
) | st.text(st.characters(exclude_characters="\ue010\ue011", exclude_categories=["Cs"]), max_size=12)
_ASKED: dict[str, dict[str, Any]] = {
    "button": {
        "kind": st.sampled_from(["secondary", "primary", "danger"]),
        "icon": st.sampled_from(["", "plus"]),
        "size": st.sampled_from(["", "small"]),
        "opens": st.sampled_from(["", "a-dialog"]),
        "form": st.sampled_from(["one", "two"]),
    },
    "card": {"flush": st.sampled_from(["", "yes"]), "class": st.sampled_from(["", "wide"])},
    "chip": {"icon": st.sampled_from(["", "x"]), "active": st.booleans()},
    "empty": {"icon": st.sampled_from(["inbox", "search"])},
    "event": {"icon": st.sampled_from(["plus", "x"]), "me": st.booleans()},
    "facts": {"two": st.sampled_from(["", "yes"])},
    "menu": {
        "icon": st.sampled_from(["", "x"]),
        "side": st.sampled_from(["start", "end"]),
        "look": st.sampled_from(["chip", "btn"]),
    },
    "next-step": {"icon": st.sampled_from(["hand", "x"])},
    "notice": {"kind": st.sampled_from(["", "danger", "done"])},
    "state": {"kind": st.sampled_from(["plain", "turn", "danger", "done"]), "icon": st.sampled_from(["", "x"])},
    "table": {"lines": st.sampled_from(["", "yes"])},
}
_SLOTS = {"slot", "actions", "foot", "crumbs", "heads", "bubble"}
"""``state`` of a card is a slot, too, but may be given as an attribute as well as any other."""


def _source(name: str, attributes: list[str], slots: list[str]) -> str:
    """Texts reach a component in each of the ways that pages use."""
    ways = ('{name}="{{{{ {name} }}}}"', ':{name}="{name}"')
    given = " ".join(ways[n % 2].format(name=one) for n, one in enumerate(attributes))
    given = re.sub(':?aria_label="[^"]*"', 'aria-label="{{ aria_label }}"', given)
    named = "".join(
        "{% cotton:slot " + one + " %}<i>{{ " + one + " }}</i>{% endcotton:slot %}" for one in slots if one != "slot"
    )
    unnamed = "{{ slot }}" if "slot" in slots else ""
    return "{% cotton " + name + " " + given + " %}" + named + unnamed + "{% endcotton %}"


@pytest.mark.parametrize("name", sorted(shapes.FREE))
@given(data=st.data())
def test_a_shape_is_the_component(name: str, data: st.DataObject) -> None:
    free = sorted(shapes.FREE[name] - _SLOTS)
    asked = _ASKED.get(name, {})
    attributes = data.draw(st.lists(st.sampled_from([*free, *asked]), unique=True)) if free or asked else []
    slots = data.draw(st.lists(st.sampled_from(sorted(shapes.FREE[name] & _SLOTS) or ["slot"]), unique=True))
    values = {one: data.draw(asked.get(one, _TEXTS)) for one in attributes} | {one: data.draw(_TEXTS) for one in slots}
    source = _source(name, attributes, slots)
    with translation.override(data.draw(st.sampled_from(["de", "en"]))):
        shaped = Template(source)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(components, "has_shape", lambda _component: False)
            plain = Template(source)
        assert any(isinstance(node, shapes.Shaped) for node in shaped.nodelist)
        assert all(isinstance(node, _component.CottonComponentNode) for node in plain.nodelist)
        expected = plain.render(Context(values))
        for _ in range(2):
            assert shaped.render(Context(values)) == expected
