"""Forms of an order: what it says, and short ones that ask for words, a day, an amount or a person."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.amounts import minor_of
from gewerk.entrypoints.web.manager.property_list import people_of
from gewerk.firms.trades import TRADES
from gewerk.portfolio.access import sub_properties
from gewerk.portfolio.models import Property, SubPropertyType
from gewerk.portfolio.queries.property_page import natural
from gewerk.tickets.models import Urgency

_DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label, required=required, input_formats=_DATE_FORMATS, widget=widget, help_text=help_text
    )


def text_field(label: Any, length: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def long_field(
    label: Any, length: int, *, rows: int = 3, required: bool = False, help_text: Any = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class AmountField(forms.CharField):
    """An amount as people type it; cleaned to minor units, None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = minor_of(text)
        if found is None or found < 0:
            raise forms.ValidationError(_("This is no amount. Write it like 1,234.56."))
        return found


class OrderForm(PageForm):
    title = text_field(gettext_lazy("What is to be done?"), 200, required=True)
    text = long_field(gettext_lazy("Description"), 10_000, rows=5)
    trade = forms.ChoiceField(
        label=gettext_lazy("Trade"), required=False, choices=lambda: [("", _("not given")), *TRADES.items()]
    )
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL)
    due_date = day_field(gettext_lazy("Deadline"))
    unit_id = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    place_note = text_field(
        gettext_lazy("Place in words"), 200, help_text=gettext_lazy("for example bathroom, stairwell 2nd floor")
    )
    contact_name = text_field(gettext_lazy("Contact on site"), 200)
    contact_phone = text_field(gettext_lazy("Phone"), 60)
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    access_notes = long_field(
        gettext_lazy("Access"), 2_000, rows=2, help_text=gettext_lazy("When somebody is at home, where the key is.")
    )
    pets = text_field(gettext_lazy("Pets"), 200)
    pair_visit = forms.BooleanField(label=gettext_lazy("Two people have to come"), required=False)
    responsible_id = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    account_code = text_field(gettext_lazy("Account"), 40)
    budget_minor = AmountField(label=gettext_lazy("Budget (gross)"), required=False)
    warranty_until_date = day_field(gettext_lazy("Warranty until"))
    insurance_claim = forms.BooleanField(label=gettext_lazy("An insurer pays"), required=False)
    insurer = text_field(gettext_lazy("Insurer"), 200)
    claim_number = text_field(gettext_lazy("Claim number"), 60)

    sections = (
        (gettext_lazy("What it is about"), ("title", "text", "trade", "urgency", "due_date")),
        (gettext_lazy("Where"), ("unit_id", "place_note")),
        (
            gettext_lazy("For the visit"),
            ("contact_name", "contact_phone", "contact_email", "access_notes", "pets", "pair_visit"),
        ),
        (
            gettext_lazy("Administration"),
            ("responsible_id", "account_code", "budget_minor", "warranty_until_date"),
        ),
        (gettext_lazy("Insurance"), ("insurance_claim", "insurer", "claim_number")),
    )

    def __init__(self, *args: Any, who: Reader, place: Property, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "unit_id", [("", _("the building itself")), *unit_choices(who, place)])
        people = [(str(person.pk), person.name) for person in people_of(who)]
        _choices(self, "responsible_id", [("", _("the property's person")), *people])

    def changes(self) -> dict[str, Any]:
        """As the operations take it."""
        given: dict[str, Any] = dict(self.cleaned_data)
        for name in ("unit_id", "responsible_id"):
            given[name] = UUID(given[name]) if given[name] else None
        return given

    def parts(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.sections]


def _choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def unit_choices(who: Reader, place: Property) -> list[tuple[str, str]]:
    rows = sub_properties(who.actor).filter(property=place, type=SubPropertyType.UNIT, archived_at__isnull=True)
    listed = sorted(rows, key=lambda one: natural(one.external_id or one.name))
    return [(str(one.pk), " · ".join(p for p in (stock.position(one), stock.unit_title(one)) if p)) for one in listed]


class ReasonForm(PageForm):
    """Why, in words that others read."""

    reason = long_field(gettext_lazy("Reason"), 4_000, rows=4, required=True)

    def __init__(self, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text


class AcceptForm(PageForm):
    """The acceptance, with the warranty that begins with it."""

    warranty_until = day_field(
        gettext_lazy("Warranty until"),
        help_text=gettext_lazy("Repairs: two years; works on the building: five (section 634a BGB)."),
    )
    reason = long_field(gettext_lazy("Remark"), 4_000, rows=3, help_text=gettext_lazy("The contractor reads it."))


class AmountForm(PageForm):
    amount = AmountField(label=gettext_lazy("Gross amount of the invoice"), required=True)


class AssignForm(PageForm):
    NOBODY = "nobody"
    person = forms.ChoiceField(label=gettext_lazy("Responsible"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "person", [(self.NOBODY, _("nobody")), *people])


class LimitsForm(PageForm):
    """A limit per role; empty: without limit."""

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role, label in roles:
            self.fields[role] = AmountField(label=label, required=False)


def usual_warranty(today: date) -> date:
    """Two years from the acceptance (section 634a paragraph 1 no. 1 BGB, repairs)."""
    try:
        return today.replace(year=today.year + 2)
    except ValueError:
        return today.replace(year=today.year + 2, day=28)
