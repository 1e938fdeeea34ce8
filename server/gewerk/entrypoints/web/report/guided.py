"""The guided report, one question a page: big targets, a way back, a draft that waits. It needs no script."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.uploads import streamed
from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.refusals import too_many
from gewerk.entrypoints.web.report.entrance import Entrance, entering
from gewerk.entrypoints.web.report.flow import QUESTION, Flow, unit_words
from gewerk.entrypoints.web.report.forms import ContactForm, DetailsForm, VisitForm
from gewerk.entrypoints.web.report.photos import keep_sent, photos_of, with_own_transaction
from gewerk.journeys.report_damage import report_damage
from gewerk.kit.refusals import Refusal
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.links import status_token
from gewerk.tickets.models import Channel, ReporterKind
from gewerk.tickets.operations.drafts import keep
from gewerk.tickets.operations.report import NewTicket
from gewerk.tickets.queries.reporters import tenant_by_email


@require_safe
@entering
def begin(request: HttpRequest, entrance: Entrance) -> HttpResponseBase:
    """The link from the QR code: on with the draft where there is one, else the first question."""
    if entrance.tenancy is None and entrance.token is None:
        return render(request, "report/no_home.html", _frame(entrance), status=409)
    if entrance.draft is not None and entrance.draft.ticket_id is not None:
        return _sent(request, entrance)
    return redirect(entrance.url(Flow(entrance, now=timezone.now()).first_open()))


@require_http_methods(["GET", "POST"])
@streamed
@entering
def step(request: HttpRequest, entrance: Entrance, step: str) -> HttpResponseBase:
    """One question. A step that is not reached yet leads to the one that is open."""
    flow = Flow(entrance, now=timezone.now())
    if entrance.tenancy is None and entrance.token is None:
        return redirect(entrance.url())
    if entrance.draft is not None and entrance.draft.ticket_id is not None:
        return _sent(request, entrance)
    steps = flow.steps()
    if step not in steps or steps.index(step) > steps.index(flow.first_open()):
        return redirect(entrance.url(flow.first_open()))
    if request.method == "POST":
        return _answered(request, entrance, flow, step)
    return _page(request, flow, step, _form(flow, step))


def _answered(request: HttpRequest, entrance: Entrance, flow: Flow, step: str) -> HttpResponseBase:
    if step == "check":
        return _send(request, entrance, flow)
    form = _form(flow, step, request.POST)
    if form is not None:
        failure = None
        if not form.is_valid():
            return _page(request, flow, step, form, status=422)
        if form.cleaned_data.get("website"):
            return redirect(entrance.url())  # a program: nothing is kept, nothing is said
        flow.answers.update(form.cleaned_data)
        flow.answers.pop("website", None)
        if step == "details":
            try:
                keep_sent(request, entrance)
            except Refusal as refusal:
                failure = str(refusal.message)
        if failure is not None:
            _keep(entrance, flow)
            return entrance.remember(_page(request, flow, step, form, status=422, failure=failure))
        flow.see(step)
    elif step in {"call", "known"}:
        flow.see(step)
    else:
        chosen = request.POST.get("answer", "")
        _choose(flow, step, chosen)
        if not flow.is_answered(step):
            return _page(request, flow, step, None, status=422, failure=_("Please choose one."))
    _keep(entrance, flow)
    return entrance.remember(redirect(entrance.url(flow.after(step))))


def _choose(flow: Flow, step: str, chosen: str) -> None:
    if step.startswith(QUESTION):
        question = flow.asked(step)
        if question is not None:
            answers = {**flow.answers.get("questions", {}), question.key: chosen}
            flow.answers["questions"] = answers
    elif step in {"group", "fault", "where", "part"}:
        if flow.answers.get(step) != chosen:
            flow.forget_what_depends_on(step)
        flow.answers[step] = chosen


def _keep(entrance: Entrance, flow: Flow) -> None:
    with with_own_transaction():
        draft = entrance.keep_draft()
        keep(draft=draft, answers=flow.values(), now=timezone.now())


def _form(flow: Flow, step: str, data: Any = None) -> DetailsForm | VisitForm | ContactForm | None:
    if step == "details":
        return DetailsForm(data, initial=flow.answers)
    if step == "visit":
        return VisitForm(data, initial=flow.answers)
    if step == "contact":
        place = flow.place()
        initial = {**_contact_of(flow.entrance), **flow.answers}
        return ContactForm(
            data,
            initial=initial,
            in_flat=not flow.in_common_part,
            known_flat=place is not None and place.unit is not None,
        )
    return None


def _contact_of(entrance: Entrance) -> dict[str, str]:
    """Only of somebody who is logged in: a link tells nobody who lives there."""
    if entrance.tenancy is None or entrance.person is None:
        return {}
    tenant = entrance.tenancy.tenant
    phones = [p.get("e164") or p.get("raw") or "" for p in tenant.phones]
    return {
        "name": tenant.name or entrance.person.name,
        "email": tenant.email or entrance.person.email,
        "phone": phones[0] if phones else "",
    }


def _frame(entrance: Entrance) -> dict[str, Any]:
    return {
        "entrance": entrance,
        "organisation_name": entrance.organisation.name,
        "phone": entrance.phone,
        "home": entrance.url(),
    }


def _page(
    request: HttpRequest, flow: Flow, step: str, form: Any, *, status: int = 200, failure: str = ""
) -> HttpResponseBase:
    entrance, language = flow.entrance, translation.get_language() or "de"
    steps = flow.steps()
    before = flow.before(step)
    kind = "question" if step.startswith(QUESTION) else step
    context = {
        **_frame(entrance),
        "step": step,
        "kind": kind,
        "form": form,
        "failure": failure,
        "number": steps.index(step) + 1,
        "total": len(steps),
        "progress": [i <= steps.index(step) for i in range(len(steps))],
        "back": entrance.url(before) if before else "",
        "trail": _trail(flow, language),
        **_content(flow, step, language),
    }
    template = {
        "call": "report/call.html",
        "known": "report/known.html",
        "details": "report/details.html",
        "check": "report/check.html",
    }.get(kind, "report/fields.html" if form is not None else "report/tiles.html")
    return render(request, template, context, status=status)


def _content(flow: Flow, step: str, language: str) -> dict[str, Any]:
    """Title, help and tiles of a page; what a page of its own needs."""
    found = catalogue()
    if step == "group":
        tiles = [_tile(g.key, g.title.in_(language), g.icon, g.hint.in_(language)) for g in found.groups]
        return {"title": _("What is it about?"), "tiles": tiles, "chosen": flow.answers.get("group")}
    if step == "fault":
        group = found.group_of(str(flow.answers.get("group", "")))
        assert group is not None
        tiles = [_tile(f.code, f.title.in_(language), f.icon) for f in group.faults]
        return {"title": _("What is broken?"), "tiles": tiles, "chosen": flow.answers.get("fault")}
    if step == "where":
        tiles = [_tile(value, label, icon) for value, label, icon in flow.wheres()]
        return {"title": _("Where is it?"), "tiles": tiles, "chosen": flow.answers.get("where")}
    if step == "part":
        tiles = [_tile(key, part.in_(language), "map-pin") for key, part in found.parts.items()]
        return {"title": _("Where in the building?"), "tiles": tiles, "chosen": flow.answers.get("part")}
    if (question := flow.asked(step)) is not None:
        tiles = [_tile(o.key, o.title.in_(language), o.icon) for o in question.options]
        return {
            "title": question.title.in_(language),
            "help": question.help.in_(language),
            "tiles": tiles,
            "chosen": flow.given.get(question.key),
        }
    if step == "call":
        return {"title": "", **_call(flow, language)}
    if step == "known":
        return {"title": _("This is known already"), "known": flow.known(), "fault": _fault(flow, language)}
    if step == "details":
        meanwhile = [m.in_(language) for m in flow.fault.meanwhile] if flow.fault else []
        return {
            "title": _("Describe it, and add photos"),
            "meanwhile": meanwhile,
            "photos": photos_of(flow.entrance),
            "add_url": flow.entrance.photo_url("add"),
        }
    if step == "visit":
        return {"title": _("If somebody comes to you")}
    if step == "contact":
        return {"title": _("How do we reach you?")}
    return {
        "title": _("Everything right?"),
        "lines": _lines(flow, language),
        "photos": photos_of(flow.entrance),
        "urgency": flow.judged(vulnerable=bool(flow.answers.get("vulnerable"))),
    }


def _tile(value: str, label: str, icon: str, note: str = "") -> dict[str, str]:
    return {"value": value, "label": label, "icon": icon, "note": note}


def _fault(flow: Flow, language: str) -> str:
    return flow.fault.title.in_(language) if flow.fault else ""


def _trail(flow: Flow, language: str) -> str:
    """What was chosen so far: ``Wasser und Sanitär · Bad``."""
    group = catalogue().group_of(str(flow.answers.get("group", "")))
    parts = [group.title.in_(language)] if group else []
    if flow.fault:
        parts.append(flow.fault.title.in_(language))
    return " · ".join(parts)


def _call(flow: Flow, language: str) -> dict[str, Any]:
    judged = flow.judged(vulnerable=bool(flow.answers.get("vulnerable")))
    assert judged is not None
    assert judged.call is not None
    country = flow.entrance.organisation.country
    public = judged.call.phones.get(country, "")
    return {
        "title": judged.call.title.in_(language),
        "call_steps": [s.in_(language) for s in judged.call.steps],
        "call_phone": public or flow.entrance.phone,
        "call_reason": judged.reason.in_(language),
        "then_phone": flow.entrance.phone if public else "",
    }


def _lines(flow: Flow, language: str) -> list[dict[str, str]]:
    """The summary: label, value and where one may change it."""
    entrance, answers = flow.entrance, flow.answers
    place = flow.place()
    lines = [(_("What"), _fault(flow, language), "fault")]
    if place is not None:
        where = words.address_line(place.property)
        if place.unit is not None:
            where = unit_words(place.unit)
        elif place.common_part:
            where += ", " + catalogue().parts[place.common_part].in_(language)
        elif answers.get("flat"):
            where += f", {answers['flat']}"
        lines.append(
            (_("Where"), where, "contact" if answers.get("flat") else "where" if "where" in flow.steps() else "")
        )
    for question in flow.questions:
        option = question.option(flow.given.get(question.key, ""))
        if option is not None:
            lines.append((question.title.in_(language), option.title.in_(language), f"{QUESTION}{question.key}"))
    lines.append((_("Description"), answers.get("text") or "–", "details"))
    if answers.get("access_notes"):
        lines.append((_("Access"), answers["access_notes"], "visit"))
    contact = ", ".join(p for p in (answers.get("name"), answers.get("phone"), answers.get("email")) if p)
    lines.append((_("Contact"), contact or "–", "contact"))
    return [{"label": a, "value": b, "url": entrance.url(c) if c else ""} for a, b, c in lines]


def _send(request: HttpRequest, entrance: Entrance, flow: Flow) -> HttpResponseBase:
    place = flow.place()
    if flow.first_open() != "check" or place is None or entrance.draft is None:
        return redirect(entrance.url(flow.first_open()))
    key = str(entrance.link.pk) if entrance.link else str(entrance.person.pk if entrance.person else "")
    if not ratelimit.consume(request, action="report_send", key=key):
        return too_many(request)
    answers = flow.answers
    now = timezone.now()
    email = str(answers.get("email", "")).strip().lower()
    reporter = entrance.tenancy.tenant if entrance.tenancy else tenant_by_email(place.property, email)
    given = NewTicket(
        property=place.property,
        unit=place.unit,
        common_part=place.common_part,
        place_note=answers.get("flat", ""),
        channel=Channel.PORTAL if entrance.link is None else Channel.QR if entrance.unit is None else Channel.LINK,
        category=flow.fault.code if flow.fault else "",
        answers=[{"question": key, "answer": value} for key, value in flow.given.items()],
        language=entrance.draft.language,
        text=answers.get("text", ""),
        reporter=reporter,
        reporter_person=entrance.person,
        reporter_kind=ReporterKind.TENANT if reporter or not flow.in_common_part else ReporterKind.OTHER,
        reporter_name=answers.get("name", ""),
        reporter_email=email,
        reporter_phone=answers.get("phone", ""),
        report_link=entrance.link,
        access_notes=answers.get("access_notes", ""),
        pets=answers.get("pets", ""),
        vulnerable=bool(answers.get("vulnerable")),
        vulnerable_note=answers.get("vulnerable_note", ""),
        pair_visit=bool(answers.get("pair_visit")),
    )
    with with_own_transaction():
        ticket = report_damage(
            actor=entrance.actor, organisation=entrance.organisation, given=given, draft=entrance.draft, now=now
        )
    return redirect("status", status_token(ticket))


def _sent(request: HttpRequest, entrance: Entrance) -> HttpResponseBase:
    """This draft has been sent: lead to its status, and let the browser forget it so that the next report begins anew."""
    assert entrance.draft is not None
    assert entrance.draft.ticket is not None
    context = {**_frame(entrance), "ticket": entrance.draft.ticket, "status": status_token(entrance.draft.ticket)}
    response = render(request, "report/sent.html", context)
    response.delete_cookie("gewerk_report", path=entrance.url())
    return response
