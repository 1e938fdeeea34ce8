"""Forms of the pages: Django's, dressed in the look's classes, and told what an operation refused."""

from typing import Any

from django import forms

from gewerk.kit.refusals import Refusal

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.widgets.Input, "input"),
)


def dress(form: forms.BaseForm) -> None:
    """Give every widget the class of its kind; no placeholder stands in for a label."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        for kind, name in _CLASSES:
            if isinstance(field.widget, kind):
                field.widget.attrs.setdefault("class", name)
                break


class PageForm(forms.Form):
    """A form of our own."""

    required_css_class = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)

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
