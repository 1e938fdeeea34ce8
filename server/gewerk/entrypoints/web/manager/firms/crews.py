"""Own people who take orders: caretakers and the in-house crew."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.firms.forms import CrewForm
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.firms.access import crew_for, crews
from gewerk.firms.models import Crew
from gewerk.firms.operations.crews import archive_crew, save_crew
from gewerk.firms.trades import trade_name
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import Person, Role
from gewerk.kit.refusals import Refusal, RefusalKind

both = require_http_methods(["GET", "POST"])


@managing
def crew_list(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    rows = crews(who.actor).filter(archived_at__isnull=True).prefetch_related("members__person").order_by("name", "id")
    context = {
        "reader": who,
        "edits": edits_orders(who.actor),
        "crews": [
            {
                "crew": crew,
                "kind": crew.get_kind_display(),
                "members": ", ".join(member.person.name for member in crew.members.all()),
                "trades": ", ".join(trade_name(code) for code in crew.trades),
            }
            for crew in rows
        ],
        "trail": [{"label": _("Firms"), "url": reverse("firms")}, {"label": _("Own people")}],
    }
    return render(request, "manager/firms/crews.html", context)


@both
@managing
def new_crew(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    return _form(request, who, None)


@both
@managing
def edit_crew(request: HttpRequest, crew_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    return _form(request, who, crew_for(who.actor, crew_id))


@require_POST
@managing
def archive(request: HttpRequest, crew_id: UUID) -> HttpResponseBase:
    crew = archive_crew(actor=reader(request).actor, crew_id=crew_id, now=timezone.now())
    messages.success(request, _("%(name)s takes no new orders.") % {"name": crew.name})
    return redirect("crews")


def _form(request: HttpRequest, who: Reader, crew: Crew | None) -> HttpResponseBase:
    initial: dict[str, Any] = CrewForm.values_of(crew) if crew is not None else {}
    form = CrewForm(request.POST if request.method == "POST" else None, people=_caretakers(who), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_crew(
                actor=who.actor,
                crew_id=crew.pk if crew is not None else None,
                version=version_of(request) if crew is not None else None,
                now=timezone.now(),
                **form.given(),
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("crews")
    title = crew.name if crew is not None else _("New crew")
    context = {
        "reader": who,
        "form": form,
        "title": title,
        "sentence": _("Own people take orders without quote and invoice; its members see them on their phones."),
        "action": _("Save"),
        "icon": "save",
        "back": reverse("crews"),
        "version": crew.version if crew is not None else None,
        "archive": reverse("archive_crew", args=[crew.pk]) if crew is not None and not crew.archived_at else "",
        "trail": [
            {"label": _("Firms"), "url": reverse("firms")},
            {"label": _("Own people"), "url": reverse("crews")},
            {"label": title},
        ],
    }
    return render(request, "manager/firms/form.html", context, status=422 if form.errors else 200)


def _caretakers(who: Reader) -> list[tuple[str, str]]:
    people = Person.objects.filter(
        memberships__organisation_id=who.actor.organisation_id,
        memberships__role=Role.CARETAKER,
        memberships__ended_at__isnull=True,
        is_active=True,
    )
    return [(str(one.pk), one.name) for one in people.distinct().order_by("last_name", "first_name", "id")]
