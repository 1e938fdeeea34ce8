"""One firm of the own list, inviting one, its standing, its framework prices."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.firms.forms import InviteFirmForm, PriceForm, StandingForm
from gewerk.entrypoints.web.manager.firms.words import standing
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words as order_words
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.entrypoints.web.manager.orders.order_list import rows_of
from gewerk.entrypoints.web.rating_words import score_card
from gewerk.firms.access import framework_price_for, framework_prices, listed_firm_for
from gewerk.firms.models import AreaKind, FirmProfile, FirmTrade, FrameworkPrice, ListedFirm
from gewerk.firms.operations.framework_prices import agree_price, change_price
from gewerk.firms.operations.list_firm import change_listing
from gewerk.firms.trades import trade_name
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import FIRM_ROLES, Membership
from gewerk.journeys.invite_firm import invite_firm
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.operations.answer_limit import limited_firms
from gewerk.marketplace.queries.scores import score
from gewerk.projects.queries.by_firm import orders_of

both = require_http_methods(["GET", "POST"])
ORDERS_SHOWN = 10


def _trail(*steps: tuple[str, str]) -> list[dict[str, Any]]:
    trail: list[dict[str, Any]] = [{"label": _("Firms"), "url": reverse("firms")}]
    return trail + [{"label": label, "url": url} if url else {"label": label} for label, url in steps]


@managing
def firm_page(request: HttpRequest, firm_id: UUID) -> HttpResponseBase:
    who = reader(request)
    listed = listed_firm_for(who.actor, firm_id)
    prices = framework_prices(who.actor).filter(firm_id=firm_id).order_by("code", "valid_from", "id")
    every = "all" in request.GET
    shown = [one for one in prices if every or one.valid_until is None or one.valid_until >= who.formats.today]
    profile = FirmProfile.objects.filter(firm_id=firm_id).first()
    trades = FirmTrade.objects.filter(firm_id=firm_id).order_by("trade").values_list("trade", flat=True)
    people = Membership.objects.filter(organisation_id=firm_id, role__in=FIRM_ROLES, ended_at__isnull=True).count()
    context = {
        "reader": who,
        "listed": listed,
        "firm": listed.firm,
        "standing": standing(listed.standing),
        "trades": [trade_name(code) for code in trades],
        "facts": _facts(listed, profile),
        "people": people,
        "prices": [_price_line(who, one) for one in shown],
        "every": every,
        "ended": prices.count() - len(shown),
        "orders": rows_of(orders_of(who.actor, limit=ORDERS_SHOWN, firm_id=firm_id)),
        "edits": edits_orders(who.actor),
        "score": score_card(score(firm_id, now=who.formats.now), who.formats),
        "limited": bool(limited_firms([firm_id])),
        "trail": _trail((listed.firm.name, "")),
    }
    return render(request, "manager/firms/firm.html", context)


def _facts(listed: ListedFirm, profile: FirmProfile | None) -> list[tuple[str, str, str]]:
    """(label, value, url)."""
    firm = listed.firm
    town = " ".join(p for p in (firm.postcode, firm.city) if p)
    facts = [(_("Address"), ", ".join(p for p in (firm.street, town) if p), "")]
    if profile is not None:
        facts += [
            (_("Contact"), profile.contact_name, ""),
            (_("Emergency number"), profile.emergency_phone, f"tel:{profile.emergency_phone.replace(' ', '')}"),
            (_("Website"), profile.website, profile.website),
            (_("Area"), area_words(profile), ""),
        ]
    facts += [
        (_("Phone"), firm.phone, f"tel:{firm.phone.replace(' ', '')}"),
        (_("E-mail"), firm.email, f"mailto:{firm.email}"),
        (_("VAT ID"), firm.vat_id, ""),
        (_("Supplier number"), listed.supplier_number, ""),
        (_("Internal note"), listed.note, ""),
    ]
    return [fact for fact in facts if fact[1]]


def area_words(profile: FirmProfile) -> str:
    if profile.area_kind == AreaKind.POSTCODES:
        return ", ".join(profile.area_postcodes)
    if profile.area_kind == AreaKind.RADIUS:
        return _("%(km)d km around its address") % {"km": profile.area_radius_km or 0}
    return str(AreaKind(profile.area_kind).label)


def _price_line(who: Reader, price: FrameworkPrice) -> dict[str, Any]:
    formats = who.formats
    until = formats.day(price.valid_until) if price.valid_until else ""
    return {
        "code": price.code,
        "text": price.text,
        "trade": trade_name(price.trade) if price.trade else "",
        "url": reverse("framework_price", args=[price.pk]),
        "net": f"{formats.money(price.net_minor, price.currency)} / {price.unit}",
        "rate": order_words.rate(price.vat_basis_points, formats),
        "from": formats.day(price.valid_from),
        "until": until,
        "over": price.valid_until is not None and price.valid_until < formats.today,
        "to_come": price.valid_from > formats.today,
    }


@both
@managing
def invite(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    form = InviteFirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            listed = invite_firm(
                actor=who.actor, country=who.organisation.country, now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is on your list and is told by mail.") % {"name": listed.firm.name})
            return redirect("firm", listed.firm_id)
    return _form_page(
        request,
        form,
        title=_("Invite a firm"),
        sentence=_(
            "They get a mail, set name and password, and see the orders that you give them. One access serves all managers."
        ),
        action=_("Invite"),
        icon="send",
        back=reverse("firms"),
        trail=_trail((_("Invite a firm"), "")),
    )


@both
@managing
def change_standing(request: HttpRequest, firm_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    listed = listed_firm_for(who.actor, firm_id)
    names = ("standing", "blocked_reason", "supplier_number", "note")
    initial = {name: getattr(listed, name) for name in names}
    form = StandingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_listing(
                actor=who.actor,
                firm_id=firm_id,
                version=version_of(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("firm", firm_id)
    return _form_page(
        request,
        form,
        title=_("Standing on your list"),
        sentence=_("%(name)s does not see this.") % {"name": listed.firm.name},
        action=_("Save"),
        icon="save",
        back=reverse("firm", args=[firm_id]),
        trail=_trail((listed.firm.name, reverse("firm", args=[firm_id])), (_("Standing"), "")),
        version=listed.version,
    )


@both
@managing
def new_price(request: HttpRequest, firm_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    listed = listed_firm_for(who.actor, firm_id)
    form = PriceForm(request.POST if request.method == "POST" else None, initial={"valid_from": who.formats.today})
    if request.method == "POST" and form.is_valid():
        try:
            agree_price(actor=who.actor, firm_id=firm_id, price=form.price(), now=timezone.now())
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("The price is noted."))
            if "another" in request.POST:
                return redirect("new_framework_price", firm_id)
            return redirect(reverse("firm", args=[firm_id]) + "#prices")
    return _form_page(
        request,
        form,
        title=_("New framework price"),
        sentence=listed.firm.name,
        action=_("Save"),
        icon="save",
        back=reverse("firm", args=[firm_id]) + "#prices",
        trail=_trail((listed.firm.name, reverse("firm", args=[firm_id])), (_("New framework price"), "")),
        another=_("Save and enter another"),
    )


@both
@managing
def edit_price(request: HttpRequest, price_id: UUID) -> HttpResponseBase:
    """Change a price, or end it by its last day. Orders keep what they were awarded at."""
    who = reader(request)
    require(edits_orders(who.actor))
    price = framework_price_for(who.actor, price_id)
    form = PriceForm(
        request.POST if request.method == "POST" else None, initial=PriceForm.values_of(price, who.formats)
    )
    firm_url = reverse("firm", args=[price.firm_id])
    if request.method == "POST" and form.is_valid():
        try:
            change_price(
                actor=who.actor,
                price_id=price_id,
                price=form.price(),
                version=version_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(firm_url + "#prices")
    return _form_page(
        request,
        form,
        title=_("Framework price %(code)s") % {"code": price.code},
        sentence=price.firm.name,
        action=_("Save"),
        icon="save",
        back=firm_url + "#prices",
        trail=_trail((price.firm.name, firm_url), (price.code, "")),
        version=price.version,
    )


def _form_page(request: HttpRequest, form: PageForm, **context: Any) -> HttpResponseBase:
    page = {"reader": reader(request), "form": form, **context}
    return render(request, "manager/firms/form.html", page, status=422 if form.errors else 200)
