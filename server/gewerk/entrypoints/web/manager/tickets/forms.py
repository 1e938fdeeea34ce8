"""Forms of a ticket: taken by phone, changed, assigned."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.models import ReporterKind, Urgency


def fault_choices() -> list[tuple[str, Any]]:
    """By group, for a menu that one can type into."""
    language = words.language()
    return [
        ("", _("please choose")),
        *(
            (group.title.in_(language), [(fault.code, fault.title.in_(language)) for fault in group.faults])
            for group in catalogue().groups
        ),
    ]


def part_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((key, text.in_(words.language())) for key, text in catalogue().parts.items())]


class WhatForm(PageForm):
    """What a clerk types while somebody is on the phone."""

    category = forms.ChoiceField(label=_("What is broken?"), choices=fault_choices)
    text = forms.CharField(
        label=_("Description"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000, required=False
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        help_text=_("Empty: by the rules, from what was answered, the time and the season."),
        choices=lambda: [("", _("by the rules")), *Urgency.choices],
        required=False,
    )
    place_note = forms.CharField(
        label=_("Place in words"), help_text=_("Room, floor, where exactly."), max_length=200, required=False
    )
    reporter_kind = forms.ChoiceField(label=_("Who reports it?"), choices=ReporterKind.choices)
    reporter_name = forms.CharField(label=_("Name"), max_length=200, required=False)
    reporter_phone = forms.CharField(
        label=_("Phone"), max_length=60, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    reporter_email = forms.EmailField(
        label=_("E-mail"), help_text=_("The status page's link goes there."), max_length=254, required=False
    )
    access_notes = forms.CharField(
        label=_("Access"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    pets = forms.CharField(label=_("Pets"), max_length=200, required=False)
    vulnerable = forms.BooleanField(label=_("Vulnerable person lives there"), required=False)
    pair_visit = forms.BooleanField(label=_("Two people have to come"), required=False)


class ChangeForm(PageForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    category = forms.ChoiceField(label=_("Category"), choices=fault_choices)
    text = forms.CharField(
        label=_("Description"), widget=forms.Textarea(attrs={"rows": 5}), max_length=10_000, required=False
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    reason = forms.CharField(
        label=_("Why another urgency?"),
        help_text=_("Only your organisation reads it."),
        max_length=500,
        required=False,
    )
    unit_id = forms.ChoiceField(label=_("Unit"), required=False)
    common_part = forms.ChoiceField(label=_("Part of the building"), choices=part_choices, required=False)
    place_note = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    reporter_name = forms.CharField(label=_("Reporter"), max_length=200, required=False)
    reporter_phone = forms.CharField(label=_("Phone"), max_length=60, required=False)
    reporter_email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    access_notes = forms.CharField(
        label=_("Access"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    pets = forms.CharField(label=_("Pets"), max_length=200, required=False)
    vulnerable = forms.BooleanField(label=_("Vulnerable person lives there"), required=False)
    vulnerable_note = forms.CharField(label=_("Note on that"), max_length=300, required=False)
    pair_visit = forms.BooleanField(label=_("Two people have to come"), required=False)
    building_wide = forms.BooleanField(
        label=_("Concerns the whole building"),
        help_text=_("Whoever reports the same there is told that it is known and being worked on."),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"].choices = [("", "–"), *units]  # type: ignore[attr-defined]


class AssignForm(PageForm):
    NOBODY = "nobody"
    person = forms.ChoiceField(label=_("Responsible"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [*people, (self.NOBODY, _("nobody"))]  # type: ignore[attr-defined]


class BulkStepForm(PageForm):
    step = forms.ChoiceField(label=_("Step"))
    reason = forms.CharField(
        label=_("For the reporters"),
        help_text=_("Each reporter reads it. Needed to put on hold, to reject and to reopen."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )

    def __init__(self, *args: Any, steps: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]


class MergeForm(PageForm):
    lead = forms.ChoiceField(
        label=_("Which one leads?"),
        help_text=_("The others follow its state. Each keeps its number, photos and history."),
        widget=forms.RadioSelect,
    )
    building_wide = forms.BooleanField(label=_("Concerns the whole building"), required=False)

    def __init__(self, *args: Any, leads: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = leads  # type: ignore[attr-defined]
