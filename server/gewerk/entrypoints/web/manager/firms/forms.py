"""Forms of firms: inviting, standing on the own list, a framework price, a crew."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.orders.amounts import basis_points_of
from gewerk.entrypoints.web.manager.orders.forms import AmountField, day_field, long_field, text_field
from gewerk.firms.models import CostKind, Crew, CrewKind, FrameworkPrice, Standing
from gewerk.firms.operations.framework_prices import Price
from gewerk.firms.trades import TRADES


def trade_choices() -> list[tuple[str, Any]]:
    return list(TRADES.items())


def trades_field(help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Trades"),
        required=False,
        choices=trade_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class InviteFirmForm(PageForm):
    name = text_field(gettext_lazy("Name of the firm"), 200, required=True)
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the owner"),
        help_text=gettext_lazy("Gets an invitation. A firm that works here already comes on your list at once."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    supplier_number = text_field(
        gettext_lazy("Supplier number"), 40, help_text=gettext_lazy("Under which your ERP knows the firm.")
    )
    trades = trades_field()


class StandingForm(PageForm):
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"), choices=lambda: Standing.choices, widget=forms.RadioSelect
    )
    blocked_reason = long_field(
        gettext_lazy("Why is it blocked?"),
        4_000,
        help_text=gettext_lazy("Needed when it is blocked. Nothing can be awarded to a blocked firm."),
    )
    supplier_number = text_field(gettext_lazy("Supplier number"), 40)
    note = long_field(gettext_lazy("Internal note"), 4_000)


class PriceForm(PageForm):
    code = text_field(
        gettext_lazy("Number of the service"),
        40,
        required=True,
        help_text=gettext_lazy("As agreed, for example SAN-012."),
    )
    text = long_field(gettext_lazy("Service"), 500, rows=2, required=True)
    trade = forms.ChoiceField(
        label=gettext_lazy("Trade"), required=False, choices=lambda: [("", _("not given")), *trade_choices()]
    )
    net = AmountField(label=gettext_lazy("Net price per unit"))
    unit = text_field(gettext_lazy("Unit"), 20, required=True, help_text=gettext_lazy("for example h, m², lump sum"))
    vat_rate = forms.CharField(
        label=gettext_lazy("VAT in percent"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=lambda: CostKind.choices)
    valid_from = day_field(gettext_lazy("Valid from"), required=True)
    valid_until = day_field(gettext_lazy("Valid until"), help_text=gettext_lazy("The last day; empty: open."))

    def clean_vat_rate(self) -> int:
        found = basis_points_of(self.cleaned_data["vat_rate"])
        if found is None:
            raise forms.ValidationError(_("This is no rate. Write it like 19."))
        return found

    def price(self) -> Price:
        given = self.cleaned_data
        return Price(
            code=given["code"],
            text=given["text"],
            unit=given["unit"],
            net_minor=given["net"],
            vat_basis_points=given["vat_rate"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            trade=given["trade"],
            kind=given["kind"],
        )

    @staticmethod
    def values_of(price: FrameworkPrice, formats: Formats) -> dict[str, Any]:
        return {
            **{name: getattr(price, name) for name in ("code", "text", "trade", "unit", "kind")},
            "valid_from": price.valid_from,
            "valid_until": price.valid_until,
            "net": formats.number(Decimal(price.net_minor).scaleb(-2)),
            "vat_rate": formats.number((Decimal(price.vat_basis_points) / 100).normalize()),
        }


class CrewForm(PageForm):
    name = text_field(gettext_lazy("Name"), 100, required=True, help_text=gettext_lazy("for example Hausmeister Süd"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=lambda: CrewKind.choices)
    phone = text_field(gettext_lazy("Phone"), 40)
    member_ids = forms.MultipleChoiceField(
        label=gettext_lazy("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("People with the role caretaker; an administrator invites them under Account, team."),
    )
    trades = trades_field(gettext_lazy("Empty: whatever comes."))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member_ids"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = people

    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "member_ids": [UUID(one) for one in self.cleaned_data["member_ids"]]}

    @staticmethod
    def values_of(crew: Crew) -> dict[str, Any]:
        members = [str(pk) for pk in crew.members.values_list("person_id", flat=True)]
        names = ("name", "kind", "phone", "trades")
        return {**{name: getattr(crew, name) for name in names}, "member_ids": members}
