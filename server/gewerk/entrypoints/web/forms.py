"""Forms of the pages: Django's, told what an operation refused. The look dresses the widgets by itself."""

from collections.abc import Iterator
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
        chosen = set(self.format_value(value))
        found = self.build_attrs(self.attrs, attrs)
        inside = format_html_join(
            "",
            "{}{}{}",
            (
                (
                    format_html('<optgroup label="{}">', label) if label is not None else "",
                    format_html_join("", '<option value="{}"{}>{}</option>', _options(choices, chosen)),
                    mark_safe("</optgroup>") if label is not None else "",
                )
                for label, choices in self._groups()
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(found), inside)

    def _groups(self) -> Iterator[tuple[Any, list[tuple[Any, Any]]]]:
        """(None, one choice) or (label, its choices)."""
        for value, label in self.choices:
            if isinstance(label, (list, tuple)):
                yield value, [(one[0], one[1]) for one in label]
            else:
                yield None, [(value, label)]


def _options(choices: list[tuple[Any, Any]], chosen: set[str]) -> Iterator[tuple[Any, SafeString, Any]]:
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
