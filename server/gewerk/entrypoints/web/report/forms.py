"""The pages of the guided report that one fills in: details, visit, contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gewerk.entrypoints.web.forms import PageForm


class DetailsForm(PageForm):
    text = forms.CharField(
        label=_("What happened?"),
        help_text=_("What do you see, since when, what have you tried? A few words are enough."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
        required=False,
    )


class VisitForm(PageForm):
    access_notes = forms.CharField(
        label=_("When can somebody come in?"),
        help_text=_("For example: working days after 4 p.m.; the caretaker has a key."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    pets = forms.CharField(
        label=_("Are there pets?"), help_text=_("For example: a dog, friendly."), max_length=200, required=False
    )
    vulnerable = forms.BooleanField(
        label=_("A small child, or an old, ill or disabled person lives here"),
        help_text=_("Then we come sooner, for example when the heating fails."),
        required=False,
    )
    vulnerable_note = forms.CharField(
        label=_("What should we know about that?"),
        help_text=_("For example: infant, oxygen device, wheelchair."),
        max_length=300,
        required=False,
    )
    pair_visit = forms.BooleanField(label=_("Please come in twos"), required=False)


class ContactForm(PageForm):
    flat = forms.CharField(
        label=_("Which flat?"),
        help_text=_("Floor and side, or the name at the bell."),
        max_length=200,
        required=False,
    )
    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}), required=False
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        required=False,
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Then we write to you at every step."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        required=False,
    )
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    """Nobody sees it; whoever fills it in is a program."""

    def __init__(self, *args: Any, in_flat: bool, known_flat: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_flat = in_flat
        if known_flat or not in_flat:
            del self.fields["flat"]
        for name in ("flat", "name"):
            if name in self.fields and in_flat:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("Please fill this in.")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.in_flat and not given.get("phone") and not given.get("email") and "email" not in self.errors:
            self.add_error(
                "phone", str(_("Please enter a phone number or an e-mail address, so that we can reach you."))
            )
        return given
