"""Hundreds of choices are written out as Django writes them."""

from html.parser import HTMLParser
from typing import Any

from django import forms
from gewerk.entrypoints.web.forms import LongSelect
from hypothesis import given
from hypothesis import strategies as st

words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)


@st.composite
def some_choices(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Single ones and groups; no value twice, as in any menu."""
    made: list[tuple[str, Any]] = []
    for value in draw(st.lists(words, unique=True, max_size=8)):
        label = draw(words)
        if made and isinstance(made[-1][1], list) and draw(st.booleans()):
            made[-1][1].append((value, label))
        else:
            made.append(draw(st.sampled_from([(value, label), (label, [(value, label)])])))
    return made


class Read(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.parts.append((tag, sorted(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append((tag,))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(data.strip())


@given(choices=some_choices(), value=words)
def test_as_django_writes_it(choices: list[tuple[str, Any]], value: str) -> None:
    known = [one for one, label in choices if isinstance(label, str)]
    for chosen in (value, *known, None):
        read = [
            Read(kind(choices=choices).render("service", chosen, attrs={"id": "id_service", "title": 'x"<y'})).parts
            for kind in (forms.Select, LongSelect)
        ]
        assert read[0] == read[1]
