"""Forms of the pages: Django's, told what an operation refused. The look dresses the widgets by itself."""

from typing import Any

from django import forms

from gewerk.kit.refusals import Refusal


def without_placeholders(form: forms.BaseForm) -> None:
    """A placeholder is no label (allauth's forms bring some)."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


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
