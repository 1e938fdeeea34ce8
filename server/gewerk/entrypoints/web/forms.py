"""Forms of the pages: Django's, told what an operation refused. The look dresses the widgets by itself."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from gewerk.kit.refusals import Refusal


def without_placeholders(form: forms.BaseForm) -> None:
    """A placeholder is no label (allauth's forms bring some)."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LongSelect(forms.Select):
    """For hundreds of choices: Django renders each option by a template of its own, which takes longer than all else on the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        chosen = frozenset(self.format_value(value))
        groups = tuple(_group(one, label) for one, label in self.choices)
        found = self.build_attrs(self.attrs, attrs)
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(found), _inside(groups, chosen))


Choices = tuple[tuple[Any, Any], ...]


def _group(value: Any, label: Any) -> tuple[Any, Choices]:
    """(None, one choice) or (label, its choices)."""
    if isinstance(label, (list, tuple)):
        return value, tuple((one[0], str(one[1])) for one in label)
    return None, ((value, str(label)),)


@lru_cache(maxsize=256)
def _inside(groups: tuple[tuple[Any, Choices], ...], chosen: frozenset[str]) -> SafeString:
    return format_html_join(
        "",
        "{}{}{}",
        (
            (
                format_html('<optgroup label="{}">', label) if label is not None else "",
                format_html_join("", '<option value="{}"{}>{}</option>', _options(choices, chosen)),
                mark_safe("</optgroup>") if label is not None else "",
            )
            for label, choices in groups
        ),
    )


def _options(choices: Choices, chosen: frozenset[str]) -> Iterator[tuple[Any, SafeString, Any]]:
    for value, label in choices:
        yield value, mark_safe(" selected") if str(value) in chosen else SafeString(""), label


class PageForm(forms.Form):
    """A form of our own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Show what the operation refused: at the fields it names, else on top."""
        shown = False
        for problem in refusal.problems:
            name = problem.pointer.strip("/")
            if name in self.fields:
                self.add_error(name, problem.message)
                shown = True
        if not shown:
            self.add_error(None, str(refusal.message))
