"""The operator changes a service. Every edit is a version of its own; what refers to an older one keeps it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from gewerk.catalogue.delivered import questions
from gewerk.catalogue.models import ServiceVersion
from gewerk.catalogue.queries import catalogue_of, content_of, service
from gewerk.catalogue.shapes import Names, Service
from gewerk.identity.access import operates, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

FIELDS = ("de", "en", "trades", "gate", "emergency", "minutes", "usual", "questions", "offered")
LOCK = ("catalogue.service", UUID(int=0))
"""Numbers of versions are given one at a time, in the whole installation."""


class ServiceIsInvalid(Refusal):
    code = "service_invalid"
    message = _("Please check your entries.")


class ServiceIsStale(Refusal):
    kind = RefusalKind.STALE
    code = "stale"
    message = _("Somebody changed this meanwhile. Look at it anew and decide again.")


def edit_service(
    *, actor: Actor, country: str, code: str, fields: Mapping[str, Any], version: int | None = None, now: datetime
) -> Service:
    """Change ``FIELDS`` of a service; nothing changed makes no version.

    Raises ServiceNotFound, NoCatalogue, ServiceIsStale, ServiceIsInvalid, FORBIDDEN.
    """
    require(operates(actor))
    one_at_a_time(*LOCK)
    before = service(country, code)
    if version is not None and version != before.version:
        raise ServiceIsStale
    _check(country, fields)
    given = {name: value for name, value in fields.items() if name in FIELDS}
    names = Names(given.pop("de", before.names.de).strip(), given.pop("en", before.names.en).strip())
    for name in ("trades", "questions"):
        if name in given:
            given[name] = tuple(given[name])
    after = replace(before, names=names, **given)
    after = replace(after, requirements=catalogue_of(country).gates[after.gate].requirements)
    if after == before:
        return before
    made = next_version(after, is_edit=True, edited_by_id=actor.id, now=now)
    record(
        actor=actor,
        event="service.edited",
        object_type="service",
        object_id=made.pk,
        now=now,
        data={"country": country, "code": code, "version": made.number},
    )
    return replace(after, version=made.number)


def next_version(one: Service, *, is_edit: bool, edited_by_id: Any, now: datetime) -> ServiceVersion:
    """Write the service down under the next number."""
    rows = ServiceVersion.objects.filter(country=one.country, code=one.code)
    number = (rows.aggregate(most=Max("number"))["most"] or 0) + 1
    return ServiceVersion.objects.create(
        country=one.country,
        code=one.code,
        number=number,
        content=content_of(one),
        is_edit=is_edit,
        edited_by_id=edited_by_id,
        created_at=now,
    )


def _check(country: str, fields: Mapping[str, Any]) -> None:
    catalogue = catalogue_of(country)
    problems: list[FieldProblem] = []

    def wrong(field: str, code: str, message: Any) -> None:
        problems.append(FieldProblem(f"/{field}", code, str(message)))

    for name in ("de", "en"):
        if name in fields and not fields[name].strip():
            wrong(name, "required", _("Give the name in both languages."))
        elif len(fields.get(name, "")) > 200:
            wrong(name, "too_long", _("At most 200 characters."))
    if "trades" in fields and (not fields["trades"] or not set(fields["trades"]) <= set(catalogue.law)):
        wrong("trades", "not_allowed", _("Choose at least one trade of this country."))
    if "gate" in fields and fields["gate"] not in catalogue.gates:
        wrong("gate", "not_allowed", _("Please choose one."))
    if "minutes" in fields and not 5 <= fields["minutes"] <= 1_000_000:
        wrong("minutes", "out_of_range", _("Give the usual duration in minutes, 5 at least."))
    if "usual" in fields and fields["usual"] not in ("fixed", "visit"):
        wrong("usual", "not_allowed", _("Please choose one."))
    if "questions" in fields and not set(fields["questions"]) <= set(questions()):
        wrong("questions", "not_allowed", _("Please choose one."))
    if problems:
        raise ServiceIsInvalid(problems=tuple(problems))
