"""Factories with traits: ``factories.organisation(country="AT")``, ``factories.person(org, role="admin")``."""

import itertools
from datetime import UTC, datetime
from typing import Any

from gewerk.identity.models import Membership, Organisation, OrganisationKind, Person, Role
from gewerk.portfolio.models import Property, SubProperty, Tenure

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "Lindenhof-2026!"
_count = itertools.count(1)

_COUNTRIES = {
    "DE": {"language": "de", "currency": "EUR", "time_zone": "Europe/Berlin"},
    "AT": {"language": "de", "currency": "EUR", "time_zone": "Europe/Vienna"},
    "GB": {"language": "en", "currency": "GBP", "time_zone": "Europe/London"},
}


def organisation(country: str = "DE", **fields: Any) -> Organisation:
    defaults = {
        "kind": OrganisationKind.MANAGER,
        "name": f"Verwaltung {next(_count)}",
        "created_at": NOW,
        "country": country,
    }
    return Organisation.objects.create(**{**defaults, **_COUNTRIES[country], **fields})


def person(org: Organisation, role: str = Role.ADMIN, **fields: Any) -> Person:
    number = next(_count)
    defaults: dict[str, Any] = {"first_name": "Sabine", "last_name": f"Krüger{number}", "created_at": NOW}
    somebody = Person.objects.create_user(
        fields.pop("email", f"person{number}@example.org"), PASSWORD, **{**defaults, **fields}
    )
    Membership.objects.create(person=somebody, organisation=org, role=role, created_at=NOW)
    return somebody


def property_(org: Organisation, **fields: Any) -> Property:
    number = next(_count)
    defaults = {
        "external_id": f"1-9-{number}",
        "client_number": "1",
        "name": f"Lindemannstraße {number}",
        "street": "Lindemannstraße",
        "house_number": str(number),
        "postcode": "44137",
        "city": "Dortmund",
        "country": org.country,
        "created_at": NOW,
        "updated_at": NOW,
        "source": "erp",
    }
    return Property.objects.create(organisation=org, **{**defaults, **fields})


def unit(prop: Property, **fields: Any) -> SubProperty:
    number = next(_count)
    defaults = {
        "type": "unit",
        "external_id": f"{prop.external_id}-{number}",
        "client_number": prop.client_number,
        "name": f"{number}",
        "usage": "living",
        "occupancy": "let",
        "created_at": NOW,
        "updated_at": NOW,
        "source": "erp",
    }
    return SubProperty.objects.create(organisation=prop.organisation, property=prop, **{**defaults, **fields})


def tenant(*units: SubProperty, **fields: Any) -> SubProperty:
    number = next(_count)
    defaults = {
        "type": "tenant",
        "external_id": f"1-6014{number}-{number}",
        "client_number": units[0].client_number,
        "name": f"Jonas Wiebe {number}",
        "kind": "natural",
        "first_name": "Jonas",
        "last_name": f"Wiebe {number}",
        "email": f"wiebe{number}@example.org",
        "role": "main_tenant",
        "created_at": NOW,
        "updated_at": NOW,
        "source": "erp",
    }
    somebody = SubProperty.objects.create(organisation=units[0].organisation, **{**defaults, **fields})
    for one in units:
        Tenure.objects.create(organisation=one.organisation, party=somebody, unit=one)
    return somebody
