"""Enter and change records by hand; what the ERP leads is shown locked. The input survives every error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.forms import GroupForm, PartyForm, PropertyForm, RecordForm, UnitForm
from gewerk.entrypoints.web.manager.groups import group_of
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.property_page import property_of
from gewerk.entrypoints.web.manager.record_words import LOCKED, field_title, party_title, value_words
from gewerk.entrypoints.web.manager.sub_property_page import sub_property_of
from gewerk.identity.access import require
from gewerk.kit.refusals import Refusal
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.models import PropertyType, Source, SubProperty, SubPropertyType
from gewerk.portfolio.models.record import Record
from gewerk.portfolio.operations.archive_by_hand import archive_by_hand, restore
from gewerk.portfolio.operations.change import Stale
from gewerk.portfolio.operations.edit_record import edit_record, enter_record

both = require_http_methods(["GET", "POST"])


@dataclass(frozen=True, slots=True)
class _Page:
    """What frames the form: its words and where it leads back to."""

    title: str
    trail: list[dict[str, Any]]
    back: str
    archive: str = ""
    """Where the record is archived by hand; empty where that is not possible."""
    sentence: str = ""


def _show(
    request: HttpRequest,
    form: RecordForm,
    page: _Page,
    *,
    status: int = 200,
    conflict: list[dict[str, str]] | None = None,
) -> HttpResponseBase:
    who = reader(request)
    sections = []
    for title, names in form.sections:
        fields = [form[name] for name in names if name in form.fields]
        locked = [
            {
                "label": field_title(_column(name)),
                "value": value_words(_column(name), getattr(form.record, _column(name)), who.formats) or "–",
            }
            for name in names
            if name not in form.fields and form.record is not None
        ]
        sections.append({"title": title, "fields": fields, "locked": locked})
    context = {
        "reader": who,
        "form": form,
        "page": page,
        "sections": sections,
        "locked_reason": LOCKED,
        "any_locked": any(section["locked"] for section in sections),
        "conflict": conflict,
    }
    return render(request, "manager/form.html", context, status=status)


def _column(name: str) -> str:
    return "phones" if name == "phone" else name


def _change(
    request: HttpRequest, record: Record, type: str, make: Callable[..., RecordForm], page: _Page
) -> HttpResponseBase:
    """The form of an existing record: shown, refused with its input, or saved."""
    who = reader(request)
    require(who.edits)
    if request.method != "POST":
        return _show(request, make(record=record), page)
    form = make(request.POST, record=record)
    if not form.is_valid():
        return _show(request, form, page, status=422)
    try:
        changed = edit_record(
            actor=who.actor,
            type=type,
            record_id=record.pk,
            fields=form.columns(),
            version=form.version,
            now=timezone.now(),
        )
    except Stale:
        # The version now stored is put into the form: sending it again is a decision, not an accident.
        kept = request.POST.copy()
        kept["version"] = str(record.version)
        return _show(request, make(kept, record=record), page, status=409, conflict=_differences(who, record, form))
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return _show(request, form, page, status=422)
    messages.success(request, _("Saved.") if changed else _("Nothing was different, so nothing was changed."))
    return redirect(page.back)


def _differences(who: Reader, record: Record, form: RecordForm) -> list[dict[str, str]]:
    """Fields in which what is stored now differs from what was entered."""
    return [
        {
            "label": field_title(column),
            "stored": value_words(column, getattr(record, column), who.formats) or _("empty"),
            "entered": value_words(column, value, who.formats) or _("empty"),
        }
        for column, value in form.columns().items()
        if getattr(record, column) != value and (getattr(record, column) or value)
    ]


def _types(who: Reader) -> list[str]:
    rows = PropertyType.objects.filter(organisation_id=who.actor.organisation_id).order_by("name")
    return list(rows.values_list("name", flat=True))


@both
@managing
def new_property(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(who.edits)
    page = _Page(
        title=_("New property"),
        trail=[{"label": _("Properties"), "url": reverse("properties")}, {"label": _("New property")}],
        back=reverse("properties"),
        sentence=_("For a building that no ERP leads. Units and tenants follow on its page."),
    )
    form = PropertyForm(request.POST or None, organisation=who.organisation, types=_types(who))
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, page, status=422 if request.method == "POST" else 200)
    record_id = enter_record(actor=who.actor, type="property", fields=form.columns(), now=timezone.now())
    messages.success(request, _("The property is entered."))
    return redirect("property", record_id)


@both
@managing
def edit_property(request: HttpRequest, property_id: UUID) -> HttpResponseBase:
    who = reader(request)
    one = property_of(who, property_id)
    address = reverse("property", args=[one.pk])
    page = _Page(
        title=_("Edit %(name)s") % {"name": words.street_line(one)},
        trail=[
            {"label": _("Properties"), "url": reverse("properties")},
            {"label": words.street_line(one), "url": address},
            {"label": _("Edit")},
        ],
        back=address,
        archive=reverse("archive_property", args=[one.pk]) if _archivable(one) else "",
    )
    types = _types(who)
    return _change(
        request,
        one,
        "property",
        lambda *a, **k: PropertyForm(*a, organisation=who.organisation, types=types, **k),
        page,
    )


def _archivable(one: Record) -> bool:
    return one.source == Source.MANUAL and one.archived_at is None


@both
@managing
def new_unit(request: HttpRequest, property_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(who.edits)
    one = property_of(who, property_id)
    address = reverse("property", args=[one.pk])
    page = _Page(
        title=_("New unit in %(name)s") % {"name": words.street_line(one)},
        trail=[
            {"label": _("Properties"), "url": reverse("properties")},
            {"label": words.street_line(one), "url": address},
            {"label": _("New unit")},
        ],
        back=address,
    )
    form = UnitForm(
        request.POST or None, organisation=who.organisation, initial={"usage": "living", "occupancy": "vacant"}
    )
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, page, status=422 if request.method == "POST" else 200)
    fields = {**form.columns(), "client_number": one.client_number}
    record_id = enter_record(actor=who.actor, type="unit", fields=fields, property_id=one.pk, now=timezone.now())
    messages.success(request, _("The unit is entered."))
    return redirect("sub_property", record_id)


@both
@managing
def new_tenant(request: HttpRequest) -> HttpResponseBase:
    """For the unit named in the address; without one, the list of units is where to choose it."""
    who = reader(request)
    require(who.edits)
    try:
        unit = sub_property_of(who, UUID(request.GET.get("unit", "")))
    except ValueError:
        messages.info(request, _("Choose the unit; on its page, “Enter tenant” leads on."))
        return redirect(f"{reverse('sub_properties')}?type=unit")
    if unit.type != SubPropertyType.UNIT or unit.property is None:
        raise NotFound
    place = f"{words.street_line(unit.property)}, {words.position(unit) or words.unit_title(unit)}"
    address = reverse("sub_property", args=[unit.pk])
    page = _Page(
        title=_("Enter tenant"),
        trail=[
            {"label": _("Properties"), "url": reverse("properties")},
            {"label": words.street_line(unit.property), "url": reverse("property", args=[unit.property_id])},
            {"label": words.position(unit) or words.unit_title(unit), "url": address},
            {"label": _("Enter tenant")},
        ],
        back=address,
        sentence=_("For %(unit)s. What you enter stays here; it is not sent to the ERP.") % {"unit": place},
    )
    form = PartyForm(
        request.POST or None,
        organisation=who.organisation,
        landlord=False,
        initial={"kind": "natural", "role": "main_tenant"},
    )
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, page, status=422 if request.method == "POST" else 200)
    fields = {**form.columns(), "client_number": unit.client_number}
    record_id = enter_record(actor=who.actor, type="tenant", fields=fields, unit_ids=[unit.pk], now=timezone.now())
    messages.success(request, _("The tenant is entered."))
    return redirect("sub_property", record_id)


@both
@managing
def edit_sub_property(request: HttpRequest, sub_property_id: UUID) -> HttpResponseBase:
    who = reader(request)
    one = sub_property_of(who, sub_property_id)
    address = reverse("sub_property", args=[one.pk])
    name = _name(one)
    page = _Page(
        title=_("Edit %(name)s") % {"name": name},
        trail=[
            {"label": words.KINDS_MANY[one.type], "url": f"{reverse('sub_properties')}?type={one.type}"},
            {"label": name, "url": address},
            {"label": _("Edit")},
        ],
        back=address,
        archive=reverse("archive_sub_property", args=[one.pk]) if _archivable(one) else "",
    )
    make: Callable[..., RecordForm]
    if one.type == SubPropertyType.UNIT:
        make = lambda *a, **k: UnitForm(*a, organisation=who.organisation, **k)  # noqa: E731 - one of two
    else:
        landlord = one.type == SubPropertyType.LANDLORD
        make = lambda *a, **k: PartyForm(*a, organisation=who.organisation, landlord=landlord, **k)  # noqa: E731
    return _change(request, one, one.type, make, page)


def _name(one: SubProperty) -> str:
    if one.type == SubPropertyType.UNIT and one.property is not None:
        return f"{words.street_line(one.property)}, {words.position(one) or words.unit_title(one)}"
    return party_title(one)


@both
@managing
def new_group(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(who.edits)
    page = _Page(
        title=_("New group"),
        trail=[{"label": _("Property groups"), "url": reverse("property_groups")}, {"label": _("New group")}],
        back=reverse("property_groups"),
        sentence=_("Put properties into it afterwards, from the list of properties."),
    )
    form = GroupForm(request.POST or None, organisation=who.organisation)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, page, status=422 if request.method == "POST" else 200)
    record_id = enter_record(actor=who.actor, type="property_group", fields=form.columns(), now=timezone.now())
    messages.success(request, _("The group is made."))
    return redirect("property_group", record_id)


@both
@managing
def edit_group(request: HttpRequest, group_id: UUID) -> HttpResponseBase:
    who = reader(request)
    group = group_of(who, group_id)
    address = reverse("property_group", args=[group.pk])
    page = _Page(
        title=_("Edit %(name)s") % {"name": group.name},
        trail=[
            {"label": _("Property groups"), "url": reverse("property_groups")},
            {"label": group.name, "url": address},
            {"label": _("Edit")},
        ],
        back=address,
        archive=reverse("archive_group", args=[group.pk]) if _archivable(group) else "",
    )
    return _change(
        request, group, "property_group", lambda *a, **k: GroupForm(*a, organisation=who.organisation, **k), page
    )


def _archive_or_restore(
    request: HttpRequest, type: str, record_id: UUID, address: str, *, back: bool
) -> HttpResponseBase:
    who = reader(request)
    try:
        (restore if back else archive_by_hand)(actor=who.actor, type=type, record_id=record_id, now=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect(address)
    messages.success(request, _("Active again.") if back else _("Archived. You can make it active again on this page."))
    return redirect(address)


@require_POST
@managing
def archive_property(request: HttpRequest, property_id: UUID, *, back: bool = False) -> HttpResponseBase:
    address = reverse("property", args=[property_id])
    return _archive_or_restore(request, "property", property_id, address, back=back)


@require_POST
@managing
def archive_sub_property(request: HttpRequest, sub_property_id: UUID, *, back: bool = False) -> HttpResponseBase:
    one = sub_property_of(reader(request), sub_property_id)
    return _archive_or_restore(request, one.type, one.pk, reverse("sub_property", args=[one.pk]), back=back)


@require_POST
@managing
def archive_group(request: HttpRequest, group_id: UUID, *, back: bool = False) -> HttpResponseBase:
    address = reverse("property_group", args=[group_id])
    return _archive_or_restore(request, "property_group", group_id, address, back=back)
