"""What the catalogue says now: as delivered, with the operator's edits laid over."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField
from django.utils.translation import gettext_lazy as _

from gewerk.catalogue import delivered
from gewerk.catalogue.models import ServiceVersion
from gewerk.catalogue.shapes import CountryCatalogue, Names, Requirement, Service
from gewerk.kit.folding import fold, fold_short, shorten
from gewerk.kit.prepared import Given, prepared
from gewerk.kit.refusals import Refusal, RefusalKind


class ServiceNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"
    message = _("There is no such service in this country.")


class NoCatalogue(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "no_catalogue"
    message = _("There is no catalogue for this country yet.")


def catalogue_of(country: str) -> CountryCatalogue:
    """As delivered: kinds of evidence, gates, law. Raises NoCatalogue."""
    try:
        return delivered.country_catalogue(country)
    except KeyError as unknown:
        raise NoCatalogue from unknown


def services(country: str, *, offered: bool | None = True) -> list[Service]:
    """All services of the country, by code; ``offered`` None: those taken out too. One query. Raises NoCatalogue."""
    return [one for one in _services(country, edition(country)) if offered is None or one.offered is offered]


_edited = prepared(
    lambda: (
        ServiceVersion.objects.filter(country=Given("country", CharField()), is_edit=True)
        .order_by("number", "id")
        .values_list("pk", flat=True)
    )
)


def edition(country: str) -> tuple[UUID, ...]:
    """The operator's edits, which nobody changes afterwards: while this is the same, ``services`` are the same. One query."""
    return tuple(_edited(country=country))


@lru_cache(maxsize=16)
def _services(country: str, edits: tuple[UUID, ...]) -> tuple[Service, ...]:
    catalogue = catalogue_of(country)
    rows = ServiceVersion.objects.filter(pk__in=edits).order_by("number") if edits else []
    newest = {row.code: row for row in rows}
    return tuple(_laid_over(one, newest.get(code), catalogue) for code, one in sorted(catalogue.services.items()))


def service_in(country: str, code: str, edits: tuple[UUID, ...]) -> Service:
    """As ``edition`` has it; no query. Raises ServiceNotFound, NoCatalogue."""
    found = _by_code(country, edits).get(code)
    if found is None:
        raise ServiceNotFound
    return found


@lru_cache(maxsize=16)
def _by_code(country: str, edits: tuple[UUID, ...]) -> dict[str, Service]:
    return {one.code: one for one in _services(country, edits)}


def service(country: str, code: str) -> Service:
    """As it holds now. Raises ServiceNotFound, NoCatalogue."""
    catalogue = catalogue_of(country)
    if code not in catalogue.services:
        raise ServiceNotFound
    edits = _edits_of(country=country, code=code)
    return _laid_over(catalogue.services[code], edits[0] if edits else None, catalogue)


_edits_of = prepared(
    lambda: ServiceVersion.objects.filter(
        country=Given("country", CharField()), code=Given("code", CharField()), is_edit=True
    ).order_by("-number")[:1]
)


def found_services(country: str, *, text: str = "", trade: str = "", offered: bool | None = True) -> list[Service]:
    """Services in which every typed word occurs: name or trade in German or English, or the code."""
    words = [(fold(word), fold_short(word)) for word in text.split()[:8]]
    rows = [one for one in services(country, offered=offered) if not trade or trade in one.trades]
    return [one for one in rows if all(any(form in _searched(one) for form in forms) for forms in words)]


def of_version(version: ServiceVersion) -> Service:
    """The service as this version says, whatever changed since."""
    content = version.content
    return replace(
        _from_content(version.country, version.code, content),
        requirements=tuple(Requirement(kind, minimum) for kind, minimum in content["requirements"]),
        version=version.number,
    )


def versions(country: str, code: str) -> Sequence[ServiceVersion]:
    """The operator's edits, newest first."""
    rows = ServiceVersion.objects.filter(country=country, code=code, is_edit=True)
    return list(rows.select_related("edited_by").order_by("-number"))


def content_of(one: Service) -> dict[str, Any]:
    """A service as ``ServiceVersion.content`` keeps it."""
    return {
        "de": one.names.de,
        "en": one.names.en,
        "group": one.group,
        "trades": list(one.trades),
        "gate": one.gate,
        "requirements": [[need.kind, need.minimum_minor] for need in one.requirements],
        "emergency": one.emergency,
        "minutes": one.minutes,
        "usual": one.usual,
        "questions": list(one.questions),
        "offered": one.offered,
    }


def _from_content(country: str, code: str, content: dict[str, Any]) -> Service:
    return Service(
        country=country,
        code=code,
        names=Names(content["de"], content["en"]),
        group=content["group"],
        trades=tuple(content["trades"]),
        gate=content["gate"],
        requirements=(),
        emergency=content["emergency"],
        minutes=content["minutes"],
        usual=content["usual"],
        questions=tuple(content["questions"]),
        offered=content["offered"],
    )


def _laid_over(one: Service, edit: ServiceVersion | None, catalogue: CountryCatalogue) -> Service:
    """What the gate asks for follows the law as delivered; which gate it is, the edit says."""
    if edit is None:
        return one
    found = _from_content(one.country, one.code, edit.content)
    gate = catalogue.gates.get(found.gate) or catalogue.gates[one.gate]
    return replace(found, gate=gate.code, requirements=gate.requirements, version=edit.number)


def _searched(one: Service) -> str:
    names = [one.names.de, one.names.en, one.code]
    for trade in one.trades:
        known = delivered.trades().get(trade)
        names += [known.de, known.en] if known else [trade]
    text = fold(" ".join(names))
    return f"{text} {shorten(text)}"
