"""``python -m bench.work_seed UNITS TICKETS``: fills the installation of the environment for ``bench.work_load`` and prints what is
needed to call it: an API key, a logged-in session, ids of tickets, words to search. Rows go in by COPY or multi-row INSERT."""

import json
import os
import random
import secrets
import sys
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

_STREETS = ("Lindemannstraße", "Kaiserstraße", "Am Hölzchen", "Müllerweg", "Große Heide", "Straße des 17. Juni")
_FAULTS = (
    ("water.tap", "Wasserhahn tropft"),
    ("heating.cold", "Heizung wird nicht warm"),
    ("electrics.no_power", "Kein Strom in der Küche"),
    ("mould.wall", "Schimmel an der Außenwand"),
    ("lock.jammed", "Schloss klemmt"),
)
_STATES = ("new", "in_review", "in_progress", "waiting", "resolved", "closed", "closed", "closed")
CHUNK = 5_000


def main(units: int, tickets: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection, transaction
    from django.utils import timezone
    from gewerk.identity.models import Membership, Organisation, Person, Role
    from gewerk.identity.operations.create_key import create_key
    from gewerk.journal.actor import Actor, ActorKind
    from gewerk.portfolio.models import Property, SubProperty
    from gewerk.portfolio.search_text import compose as stock_text
    from gewerk.tickets.catalogue.faults import catalogue
    from gewerk.tickets.models import Ticket
    from gewerk.tickets.search_text import compose

    chance, now = random.Random(7), timezone.now()
    known = sorted(catalogue().faults)
    faults = [(code if code in known else known[n % len(known)], title) for n, (code, title) in enumerate(_FAULTS)]
    organisation = Organisation.objects.create(kind="manager", name="Große Verwaltung", created_at=now)
    password = secrets.token_urlsafe(12)
    admin = Person.objects.create_user(f"load-{secrets.token_hex(3)}@example.org", password, created_at=now)
    Membership.objects.create(person=admin, organisation=organisation, role=Role.ADMIN, created_at=now)
    actor = Actor(ActorKind.PERSON, admin.pk, organisation.pk, roles=frozenset({Role.ADMIN}))
    issued = create_key(actor=actor, name="Last", now=now)
    yesterday = now - timedelta(days=1)  # the worker has long been through with what was imported
    common = {
        "organisation": organisation,
        "created_at": yesterday,
        "updated_at": yesterday,
        "source": "erp",
        "client_number": "1",
    }

    def many(model: Any, rows: list[Any]) -> list[Any]:
        with transaction.atomic():
            for start in range(0, len(rows), CHUNK):
                model.objects.bulk_create(rows[start : start + CHUNK], batch_size=500)
        return rows

    properties = many(
        Property,
        [
            _with_text(
                "property",
                Property(
                    external_id=f"1-{n // 40}-{n}",
                    name=f"{_STREETS[n % 6]} {n % 180}",
                    street=_STREETS[n % 6],
                    house_number=str(n % 180),
                    postcode=f"44{n % 400:03}",
                    city="Dortmund",
                    country="DE",
                    **common,
                ),
                stock_text,
            )
            for n in range(max(1, units // 20))
        ],
    )
    flats = many(
        SubProperty,
        [
            _with_text(
                "unit",
                SubProperty(
                    property=properties[n // 20 % len(properties)],
                    type="unit",
                    external_id=f"1-{n // 800}-{n // 20}-{n % 20}",
                    name=str(n % 20),
                    usage="living",
                    occupancy="let",
                    **common,
                ),
                stock_text,
            )
            for n in range(units)
        ],
    )
    made: list[str] = []
    for start in range(0, tickets, CHUNK):
        rows = []
        for n in range(start, min(start + CHUNK, tickets)):
            flat = flats[chance.randrange(len(flats))]
            category, title = faults[n % len(faults)]
            state = chance.choice(_STATES)
            at = now - timedelta(minutes=n * 7)
            if state == "resolved" and at < now - timedelta(days=12):
                state = "closed"  # as the worker does after two weeks, before anybody measures
            ticket = Ticket(
                organisation=organisation,
                number=f"T-2026-{n:06d}",
                channel="qr",
                property=flat.property,
                unit=flat,
                category=category,
                title=title,
                text=f"{title}, seit {n % 9} Tagen. Bitte bald kommen.",
                language="de",
                urgency=("normal", "normal", "urgent", "low", "emergency")[n % 5],
                state=state,
                state_at=at,
                created_at=at,
                updated_at=at,
                responsible=admin if n % 3 else None,
                reporter_name=f"Mieterin {n}",
            )
            ticket.search = compose(ticket)
            rows.append(ticket)
        many(Ticket, rows)
        made += [str(row.pk) for row in rows[:: max(1, len(rows) // 40)]]
    session = SessionStore()
    session[SESSION_KEY] = str(admin.pk)
    session[BACKEND_SESSION_KEY] = "gewerk.entrypoints.web.account.backend.Backend"
    session[HASH_SESSION_KEY] = admin.get_session_auth_hash()
    session.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "session": session.session_key,
        "client_id": issued.key.client_id,
        "client_secret": issued.client_secret,
        "tickets": made,
        "units": [flat.external_id for flat in flats[:: max(1, len(flats) // 500)]],
        "category": faults[0][0],
    }


def _with_text(object_type: str, record: Any, compose: Any) -> Any:
    record.search = compose(object_type, {name: getattr(record, name) for name in record_columns(record)})
    return record


def record_columns(record: Any) -> list[str]:
    return [field.attname for field in record._meta.concrete_fields]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
