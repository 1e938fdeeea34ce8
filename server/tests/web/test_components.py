"""The components of the look: what they print is escaped once, named for screen readers and allowed by the page's policy."""

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django import forms
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

SERVER = Path(__file__).parents[2] / "gewerk"
TEMPLATES = sorted(SERVER.rglob("templates/**/*.html"))
NAME = 'Müller & <Söhne> "GmbH"'
ESCAPED = "Müller &amp; &lt;Söhne&gt; &quot;GmbH&quot;"


def render(source: str, query: dict[str, str] | None = None, **context: Any) -> str:
    """The HTML of a piece of template that uses components, for a reader of German."""
    request = RequestFactory().get("/", query or {})
    with translation.override("de"):
        return Template(CottonCompiler().process(source)).render(RequestContext(request, context))


class Person(forms.Form):
    email = forms.EmailField(label="E-Mail", help_text="Dorthin geht die Einladung.")
    language = forms.ChoiceField(choices=[("de", "Deutsch"), ("en", "Englisch")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Einverstanden")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize(
    "source",
    [
        '<c-page-head title="{{ name }}" />',
        '<c-card title="{{ name }}" />',
        '<c-state label="{{ name }}" />',
        '<c-chip label="{{ name }}" remove="/" />',
        '<c-button :label="name" />',
        '<c-fact label="x" :value="name" />',
        '<c-locked-field label="x" value="{{ name }}" />',
        '<c-next-step sentence="{{ name }}" />',
        '<c-stat number="1" label="{{ name }}" />',
        '<c-avatar initials="MS" name="{{ name }}" />',
        '<c-toast text="{{ name }}" />',
        '<c-event meta="{{ name }}">x</c-event>',
        "<c-card>{{ name }}</c-card>",
        '<c-breadcrumbs :trail="trail" />',
        '<c-tabs :tabs="trail" label="x" />',
    ],
)
def test_a_name_is_escaped_exactly_once(source: str) -> None:
    html = render(source, name=NAME, trail=[{"label": NAME, "url": "/"}])
    assert ESCAPED in html
    assert "&amp;amp;" not in html
    assert "<Söhne>" not in html


def test_a_slot_of_the_page_does_not_leak_into_the_next_component() -> None:
    html = render('<c-card title="a"><c-slot name="actions">KNOPF</c-slot><c-card title="b">x</c-card></c-card>')
    assert html.count("KNOPF") == 1


@pytest.mark.parametrize("data", [None, {"email": "x"}], ids=["empty", "with errors"])
def test_every_field_has_a_label_and_names_its_help_and_errors(data: dict[str, str] | None) -> None:
    form = Person(data)
    html = render(
        '<c-error-summary :form="form" />{% for field in form %}<c-field :field="field" />{% endfor %}', form=form
    )
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert described
    assert set(described) <= ids
    labelled = set(re.findall(r'<label for="([^"]+)"', html))
    for control in re.findall(r"<input[^>]*>", html):
        if 'type="hidden"' not in control:
            assert set(re.findall(r'\bid="([^"]+)"', control)) <= labelled, control
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids
    assert ("Bitte prüfen Sie Ihre Angaben" in html) is (data is not None)


def test_bars_are_numbers_the_browser_reads_whatever_the_language() -> None:
    html = render(
        '<c-bar :value="1.5" :max="4" /><c-bar :value="3" :max="0" /><c-progress :value="2" :max="4" label="x" />'
    )
    assert re.findall(r'<rect width="([^"]*)"', html) == ["375", "0", "500"]
    assert 'aria-valuenow="2"' in html


def test_turning_the_page_keeps_search_and_filters() -> None:
    page = Paginator(range(547), 50).page(2)
    html = render('<c-pagination :page="page" />', {"q": "hörde", "page": "2"}, page=page)
    assert "Zeile 51 bis 100 von 547" in html
    assert 'href="?q=h%C3%B6rde&amp;page=1"' in html
    assert 'href="?q=h%C3%B6rde&amp;page=3"' in html


def test_a_lock_is_told_to_those_who_do_not_see_it() -> None:
    html = render('<c-locked-field label="Baujahr" value="1959" reason="Das ERP führt dieses Feld." />')
    assert 'aria-label="Vom ERP geführt"' in html
    assert 'title="Das ERP führt dieses Feld."' in html


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', None), ("", None)])
def test_only_a_known_theme_reaches_the_page(cookie: str, theme: str | None) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["gewerk_theme"] = cookie
    html = render_to_string("layouts/plain.html", {}, request)
    found = re.search(r'<html[^>]*data-theme="([^"]*)"', html)
    assert (found[1] if found else None) == theme
    assert '"><script>' not in html


def test_the_frame_shows_the_given_places_and_marks_the_current_one() -> None:
    places = [{"label": f"Ort {n}", "url": f"/{n}/", "icon": "house", "active": n == 2} for n in range(1, 7)]
    request = RequestFactory().get("/")
    context = {"navigation": {"main": places, "below": []}, "user_card": {"initials": "SK", "name": NAME}}
    html = render_to_string("layouts/app.html", context, request)
    assert re.findall(r'href="([^"]+)" aria-current="page"', html) == ["/2/", "/2/"]
    bar = re.search(r'class="phone-bar".*?</nav>', html, re.DOTALL)
    assert bar is not None
    assert re.findall(r'<a [^>]*href="([^"]+)"', bar[0]) == ["/1/", "/2/", "/3/", "/4/"]
    assert ESCAPED in html


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_needs_what_the_pages_policy_forbids(path: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle=", text), "no style attribute: the policy drops it"
    assert not re.search(r"<[^>]*\son[a-z]+=", text), "no inline handler: the policy drops it"
    for script in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in script or "nonce" in script or 'type="application/json"' in script
    assert not re.search(r"https?://(?!www\.w3\.org)", text), "nothing is loaded from elsewhere"


def _german() -> set[str]:
    texts: set[str] = set()
    for catalogue in SERVER.rglob("locale/de/LC_MESSAGES/django.po"):
        with catalogue.open("rb") as file:
            for message in read_po(file, locale="de"):
                if message.id and message.string and not message.fuzzy:
                    texts.add(message.id if isinstance(message.id, str) else message.id[0])
    return texts


def test_every_text_of_the_templates_has_its_german() -> None:
    german, missing = _german(), set()
    for path in TEMPLATES:
        text = path.read_text()
        # the tag doubles percent signs before it looks a text up
        wanted = [
            (a or b).replace("%", "%%") for a, b in re.findall(r"{%\s*translate\s+(?:\"([^\"]*)\"|'([^']*)')", text)
        ]
        for head, body in re.findall(r"{%\s*blocktranslate\b([^%]*)%}(.*?){%\s*endblocktranslate", text, re.DOTALL):
            singular = re.split(r"{%\s*plural\s*%}", body)[0]
            if "trimmed" in head:
                singular = " ".join(line.strip() for line in singular.strip().splitlines())
            wanted.append(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", singular.replace("%", "%%")))
        missing |= {(f"{path.parent.name}/{path.name}", text) for text in wanted if text not in german}
    assert not missing


def test_no_text_has_two_germans() -> None:
    """All catalogues are one: of two translations of the same English text, one would show in the wrong place."""
    germans: dict[tuple[str | None, str], set[str]] = {}
    for catalogue in SERVER.rglob("locale/de/LC_MESSAGES/django.po"):
        with catalogue.open("rb") as file:
            for message in read_po(file, locale="de"):
                if message.id:
                    text = message.id if isinstance(message.id, str) else message.id[0]
                    german = message.string if isinstance(message.string, str) else message.string[0]
                    germans.setdefault((message.context, text), set()).add(german)
    assert not {text: several for text, several in germans.items() if len(several) > 1}


def test_what_is_remembered_depends_on_its_keys_and_the_language_alone() -> None:
    request = RequestFactory().get("/")
    template = Template(
        CottonCompiler().process(
            '{% load i18n %}{% remember key %}{{ name }}{% translate "Search" %}{% csrf_token %}{% endremember %}'
        )
    )

    def shown(language: str, **context: Any) -> str:
        with translation.override(language):
            return template.render(RequestContext(request, context))

    first = shown("de", key=1, name=NAME)
    assert ESCAPED in first
    assert "Suche" in first
    # Rendered once: what is no key does not count.
    assert ESCAPED in shown("de", key=1, name="anders")
    assert "anders" in shown("de", key=2, name="anders")
    assert "Search" in shown("en", key=1, name=NAME)
    # The token is the request's own each time.
    one, two = (render_token(template, token) for token in ("a" * 64, "b" * 64))
    assert one == two.replace("b" * 64, "a" * 64) != two


def render_token(template: Template, token: str) -> str:
    context = RequestContext(RequestFactory().get("/"), {"key": 3, "name": ""})
    with context.bind_template(template.template if hasattr(template, "template") else template):
        context["csrf_token"] = token
        return template.nodelist.render(context)
