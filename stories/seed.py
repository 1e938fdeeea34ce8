"""``python -m stories.seed COUNTRY``: makes an organisation with an administrator and an API key in the installation of the
environment, and prints their access as JSON. Runs as a process of its own, so that a story's own process knows no Django."""

import json
import os
import secrets
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

_COUNTRIES = {
    "DE": {"language": "de", "currency": "EUR", "time_zone": "Europe/Berlin"},
    "AT": {"language": "de", "currency": "EUR", "time_zone": "Europe/Vienna"},
    "GB": {"language": "en", "currency": "GBP", "time_zone": "Europe/London"},
}


def main(country: str) -> dict[str, str]:
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone
    from gewerk.identity.models import Membership, Organisation, Person, Role
    from gewerk.identity.operations.create_key import create_key
    from gewerk.journal.actor import Actor, ActorKind

    now = timezone.now()
    number = secrets.token_hex(3)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind="manager", name=f"Verwaltung {number}", country=country, created_at=now, **_COUNTRIES[country]
        )
        password = secrets.token_urlsafe(12)
        admin = Person.objects.create_user(
            f"admin-{number}@example.org", password, first_name="Sabine", last_name="Krüger", created_at=now
        )
        Membership.objects.create(person=admin, organisation=organisation, role=Role.ADMIN, created_at=now)
        actor = Actor(
            kind=ActorKind.PERSON, id=admin.pk, organisation_id=organisation.pk, roles=frozenset({Role.ADMIN})
        )
        issued = create_key(actor=actor, name="Abgleich", now=now)
    return {
        "organisation_id": str(organisation.pk),
        "email": admin.email,
        "password": password,
        "client_id": issued.key.client_id,
        "client_secret": issued.client_secret,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
