"""What is done with chosen properties: responsible people, groups; and outside references of one record."""

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
from gewerk.entrypoints.web.manager.forms import JoinGroupForm, ResponsibleForm
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.property_list import group_options, people_of
from gewerk.identity.access import require
from gewerk.kit.refusals import Refusal
from gewerk.portfolio.access import NotFound, properties
from gewerk.portfolio.models import Property
from gewerk.portfolio.operations.assign_responsible import assign_responsible
from gewerk.portfolio.operations.group_members import put_in_group, take_out_of_group
from gewerk.portfolio.operations.outside_references import add_outside_reference, remove_outside_reference

MOST_CHOSEN = 500
both = require_http_methods(["GET", "POST"])


def _chosen(request: HttpRequest, who: Reader) -> list[Property]:
    """The chosen properties that are the actor's; raises NotFound where none is."""
    require(who.edits)
    ids = chosen_ids((request.POST if request.method == "POST" else request.GET).getlist("id")[:MOST_CHOSEN])
    rows = list(
        properties(who.actor)
        .filter(pk__in=ids, archived_at__isnull=True)
        .select_related("responsible", "deputy")
        .order_by("street", "house_number", "pk")
    )
    if not rows:
        raise NotFound
    return rows


def _back(request: HttpRequest, chosen: list[Property]) -> str:
    """One property: its page. Several: the list as it was."""
    if len(chosen) == 1:
        return reverse("property", args=[chosen[0].pk])
    query = (request.POST if request.method == "POST" else request.GET).get("back", "")
    return reverse("properties") + (f"?{query}" if query else "")


def _page(
    request: HttpRequest,
    form: ResponsibleForm | JoinGroupForm,
    chosen: list[Property],
    title: str,
    action: str,
    empty: str = "",
) -> HttpResponseBase:
    status = 422 if request.method == "POST" else 200
    context = {
        "reader": reader(request),
        "form": form,
        "title": title,
        "action": action,
        "empty": empty,
        "chosen": [{"id": one.pk, "title": words.address_line(one)} for one in chosen],
        "sentence": words.properties(len(chosen)),
        "list_query": (request.POST if request.method == "POST" else request.GET).get("back", ""),
        "back": _back(request, chosen),
        "trail": [{"label": _("Properties"), "url": reverse("properties")}, {"label": title}],
    }
    return render(request, "manager/bulk.html", context, status=status)


@both
@managing
def assign(request: HttpRequest) -> HttpResponseBase:
    """Responsible person and deputy of one or many properties."""
    who = reader(request)
    chosen = _chosen(request, who)
    several = len(chosen) > 1
    initial = {}
    if not several:
        initial = {
            "responsible": str(chosen[0].responsible_id or ResponsibleForm.NOBODY),
            "deputy": str(chosen[0].deputy_id or ResponsibleForm.NOBODY),
        }
    form = ResponsibleForm(request.POST or None, people=list(people_of(who)), several=several, initial=initial)
    title = _("Responsible and deputy")
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, chosen, title, _("Save"))
    try:
        changed = assign_responsible(
            actor=who.actor, property_ids=[one.pk for one in chosen], changes=form.changes(), now=timezone.now()
        )
    except Refusal as refusal:
        form.add_error("deputy", str(refusal.message))
        return _page(request, form, chosen, title, _("Save"))
    messages.success(request, _("Changed: %(count)s.") % {"count": words.properties(changed)})
    return redirect(_back(request, chosen))


@both
@managing
def put_in(request: HttpRequest) -> HttpResponseBase:
    """Put one or many properties into a group."""
    who = reader(request)
    chosen = _chosen(request, who)
    groups = [(option.value, str(option.label)) for option in group_options(who)]
    form = JoinGroupForm(request.POST or None, groups=groups)
    title = _("Put in a group")
    empty = "" if groups else _("There is no group yet. Make one first.")
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, chosen, title, _("Put in this group"), empty)
    try:
        joined = put_in_group(
            actor=who.actor,
            group_id=UUID(form.cleaned_data["group"]),
            property_ids=[one.pk for one in chosen],
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error("group", str(refusal.message))
        return _page(request, form, chosen, title, _("Put in this group"))
    messages.success(request, _("Put in the group: %(count)s.") % {"count": words.properties(joined)})
    return redirect(_back(request, chosen))


@require_POST
@managing
def leave_group(request: HttpRequest, group_id: UUID, property_id: UUID) -> HttpResponseBase:
    who = reader(request)
    try:
        take_out_of_group(actor=who.actor, group_id=group_id, property_ids=[property_id], now=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Taken out of the group."))
    return redirect("property_group", group_id)


def _record_page(object_type: str, object_id: UUID) -> str:
    return reverse("property" if object_type == "property" else "sub_property", args=[object_id])


@require_POST
@managing
def add_reference(request: HttpRequest, object_type: str, object_id: UUID) -> HttpResponseBase:
    try:
        add_outside_reference(
            actor=reader(request).actor,
            object_type=object_type,
            object_id=object_id,
            system=request.POST.get("system", ""),
            reference=request.POST.get("reference", ""),
            now=timezone.now(),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The reference is added."))
    return redirect(_record_page(object_type, object_id) + "#references")


@require_POST
@managing
def remove_reference(request: HttpRequest, reference_id: UUID) -> HttpResponseBase:
    gone = remove_outside_reference(actor=reader(request).actor, reference_id=reference_id, now=timezone.now())
    messages.success(request, _("The reference is removed."))
    return redirect(_record_page(gone.object_type, gone.object_id) + "#references")
