"""What a clerk enters by hand. Fields that the ERP leads are no fields here: the page shows them locked."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.address_forms import tidy_phone, tidy_postcode
from gewerk.entrypoints.web.manager.record_words import FIELDS, country_name, language_name
from gewerk.identity.countries import COUNTRIES, LANGUAGES
from gewerk.identity.models import Organisation, Person
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import Occupancy, PartyKind, PartyRole
from gewerk.portfolio.models.record import Record

Section = tuple[Any, tuple[str, ...]]

_DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]


class _Text(forms.CharField):
    """One line of text without NUL, which PostgreSQL cannot store (Django refuses it)."""

    def __init__(self, field: str, length: int, *, required: bool = False, help_text: Any = "", **attrs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
        super().__init__(label=FIELDS[field], max_length=length, required=required, help_text=help_text, widget=widget)


def _date(field: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=FIELDS[field], required=False, input_formats=_DATE_FORMATS, widget=widget)


def _area(field: str) -> forms.DecimalField:
    help_text = gettext_lazy("in square metres, for example 64.35")
    return forms.DecimalField(
        label=FIELDS[field],
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        localize=True,
        help_text=help_text,
    )


class RecordForm(forms.Form):
    """A form over one record, or for a new one. ``version`` guards against changing what somebody else changed meanwhile."""

    sections: tuple[Section, ...] = ()

    def __init__(self, *args: Any, organisation: Organisation, record: Record | None = None, **kwargs: Any) -> None:
        self.organisation = organisation
        self.record = record
        self.led = led_by_erp(record) if record else frozenset()
        if record is not None:
            kwargs.setdefault("initial", self.values_of(record))
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name in self.led]:
            del self.fields[name]
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, initial=record.version if record else 0
        )

    def values_of(self, record: Record) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.base_fields if hasattr(record, name)}

    def columns(self) -> dict[str, Any]:
        """The entered values as columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def version(self) -> int:
        return int(self.cleaned_data.get("version") or 0)


class PropertyForm(RecordForm):
    street = _Text("street", 200, required=True)
    house_number = _Text("house_number", 30)
    addition = _Text("addition", 100, help_text=gettext_lazy("for example rear building"))
    postcode = _Text("postcode", 12, inputmode="text")
    city = _Text("city", 100, required=True)
    district = _Text("district", 100)
    country = forms.ChoiceField(label=FIELDS["country"])
    property_type = forms.ChoiceField(label=FIELDS["property_type"], required=False)
    construction_year = forms.IntegerField(
        label=FIELDS["construction_year"], required=False, min_value=1000, max_value=2100
    )
    storeys = forms.IntegerField(label=FIELDS["storeys"], required=False, min_value=0, max_value=200)

    sections = (
        (gettext_lazy("Address"), ("street", "house_number", "addition", "postcode", "city", "district", "country")),
        (gettext_lazy("Building"), ("property_type", "construction_year", "storeys")),
    )

    def __init__(self, *args: Any, types: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.fields:
            field = self.fields["country"]
            assert isinstance(field, forms.ChoiceField)
            countries = [(code, country_name(code)) for code in COUNTRIES]
            field.choices = sorted(countries, key=lambda choice: str(choice[1]))
            if not self.initial.get("country"):
                self.initial["country"] = self.organisation.country
        if "property_type" in self.fields:
            field = self.fields["property_type"]
            assert isinstance(field, forms.ChoiceField)
            known = list(
                dict.fromkeys([*types, *([self.initial["property_type"]] if self.initial.get("property_type") else [])])
            )
            field.choices = [("", _("not given")), *((name, name) for name in known)]
            field.help_text = gettext_lazy("The list is kept under Account, property types.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        country = data.get("country") or getattr(self.record, "country", "") or self.organisation.country
        if "postcode" in data:
            try:
                data["postcode"] = tidy_postcode(data["postcode"], country)
            except ValidationError as wrong:
                self.add_error("postcode", wrong)
        return data

    def columns(self) -> dict[str, Any]:
        columns = super().columns()
        if self.record is None or ("name" not in self.led and {"street", "house_number"} <= columns.keys()):
            columns["name"] = " ".join(p for p in (columns["street"], columns["house_number"]) if p)
        return columns


class UnitForm(RecordForm):
    name = _Text(
        "name", 300, required=True, help_text=gettext_lazy("Number or name of the unit, for example 12 or Garage 3")
    )
    usage = forms.ChoiceField(label=FIELDS["usage"], choices=list(words.USAGES.items()))
    floor = forms.IntegerField(
        label=FIELDS["floor"],
        required=False,
        min_value=-99,
        max_value=999,
        help_text=gettext_lazy("0 is the ground floor, -1 the basement"),
    )
    position = _Text("position", 40, help_text=gettext_lazy("for example left, right, rear"))
    living_area_m2 = _area("living_area_m2")
    usable_area_m2 = _area("usable_area_m2")
    rooms = forms.DecimalField(
        label=FIELDS["rooms"], required=False, min_value=0, max_digits=5, decimal_places=2, localize=True
    )
    occupancy = forms.ChoiceField(label=FIELDS["occupancy"], choices=Occupancy.choices)

    sections = (
        (gettext_lazy("Unit"), ("name", "usage", "floor", "position")),
        (gettext_lazy("Size and occupancy"), ("living_area_m2", "usable_area_m2", "rooms", "occupancy")),
    )


class PartyForm(RecordForm):
    """A tenant or an owner with one contract."""

    kind = forms.ChoiceField(label=FIELDS["kind"], choices=PartyKind.choices)
    salutation = _Text("salutation", 40)
    title = _Text("title", 60)
    first_name = _Text("first_name", 200)
    last_name = _Text("last_name", 200)
    company_name = _Text("company_name", 300)
    email = forms.EmailField(
        label=FIELDS["email"], required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=FIELDS["phones"],
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=FIELDS["language"], required=False)
    contract_number = _Text("contract_number", 60)
    contract_start = _date("contract_start")
    contract_end = _date("contract_end")
    role = forms.ChoiceField(label=FIELDS["role"])
    share = _Text("share", 40)

    sections = (
        (gettext_lazy("Person"), ("kind", "salutation", "title", "first_name", "last_name", "company_name")),
        (gettext_lazy("Contact"), ("email", "phone", "language")),
        (gettext_lazy("Contract"), ("contract_number", "contract_start", "contract_end", "role", "share")),
    )

    def __init__(self, *args: Any, landlord: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "phones" in self.led:
            del self.fields["phone"]
        if "role" in self.fields:
            field = self.fields["role"]
            assert isinstance(field, forms.ChoiceField)
            owners = {PartyRole.OWNER, PartyRole.CO_OWNER}
            field.choices = [(r.value, r.label) for r in PartyRole if (r in owners) == landlord]
        if "language" in self.fields:
            field = self.fields["language"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("not given")), *((code, language_name(code)) for code in LANGUAGES)]

    def values_of(self, record: Record) -> dict[str, Any]:
        phones = getattr(record, "phones", [])
        first = phones[0] if phones else {}
        return {**super().values_of(record), "phone": first.get("e164") or first.get("raw") or ""}

    def clean_phone(self) -> str:
        text = str(self.cleaned_data["phone"]).strip()
        return tidy_phone(text, self.organisation.country) if text and text != self.initial.get("phone") else text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named = data.get("last_name") or data.get("company_name") or {"last_name", "company_name"} & self.led
        if not named:
            self.add_error("last_name" if "last_name" in self.fields else None, _("Give a last name or a company."))
        start, end = data.get("contract_start"), data.get("contract_end")
        if start and end and end < start:
            self.add_error("contract_end", _("The contract ends before it starts."))
        return data

    def columns(self) -> dict[str, Any]:
        columns = super().columns()
        if "phone" in columns:
            number = columns.pop("phone")
            known = list(getattr(self.record, "phones", []) or [])
            if number != self.initial.get("phone", ""):
                columns["phones"] = ([{"kind": "", "e164": number, "raw": number}] if number else []) + known[1:]
        return columns


class GroupForm(RecordForm):
    name = _Text("name", 300, required=True)

    sections = ((gettext_lazy("Group"), ("name",)),)


class ResponsibleForm(forms.Form):
    """Who is responsible for the chosen properties, and who stands in."""

    responsible = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    deputy = forms.ChoiceField(label=gettext_lazy("Deputy"), required=False)

    KEEP, NOBODY = "", "none"

    def __init__(self, *args: Any, people: list[Person], several: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(self.NOBODY, _("nobody")), *((str(p.pk), p.name) for p in people)]
        if several:
            choices.insert(0, (self.KEEP, _("leave as it is")))
        for field in self.fields.values():
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def changes(self) -> dict[str, UUID | None]:
        """What is to be set; what stays is left out."""
        return {
            name: None if value == self.NOBODY else UUID(value)
            for name, value in self.cleaned_data.items()
            if value != self.KEEP
        }


class JoinGroupForm(forms.Form):
    group = forms.ChoiceField(label=gettext_lazy("Group"))

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = groups
