"""``python -m bench.marketplace_seed FIRMS REQUESTS``: fills the installation of the environment for ``bench.marketplace_load`` and prints
what is needed to call it, and the bare queries of search and list as SQL. Rows go in by multi-row INSERT."""

import json
import os
import random
import secrets
import sys
from datetime import date, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

CHUNK = 5_000
SERVICES = ("paint_room", "tap_drips", "socket_replace")
PLACES = ("44137", "80331", "10115", "50667", "04103", "70173")
SEARCHED = tuple(f"{1_067 + n * 2_477 % 97_000:05}" for n in range(40))
"""Where firms are searched for besides: forty postcodes over the country, whether or not they exist."""
_STATES = ("draft", "open", "opened", *("awarded",) * 13, *("ended",) * 4)
_ORDER_STATES = {"draft": "draft", "open": "tendering", "opened": "quoted", "awarded": "awarded", "ended": "draft"}
ON_LIST = 300
"""Firms of the measured manager's own list."""


def main(firms: int, requests: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection, transaction
    from django.utils import timezone
    from gewerk.identity.models import Membership, Organisation, Person, Role
    from gewerk.identity.operations.create_key import create_key
    from gewerk.journal.actor import Actor, ActorKind

    now = timezone.now()
    chance = random.Random(7)

    def somebody(home: Any, role: str) -> Any:
        person = Person.objects.create_user(
            f"load-{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(12), created_at=now
        )
        Membership.objects.create(person=person, organisation=home, role=role, created_at=now)
        return person

    def many(model: Any, rows: list[Any]) -> list[Any]:
        with transaction.atomic():
            for start in range(0, len(rows), CHUNK):
                model.objects.bulk_create(rows[start : start + CHUNK], batch_size=500)
        return rows

    manager = Organisation.objects.create(kind="manager", name="Große Verwaltung", created_at=now)
    operator = Organisation.objects.filter(kind="operator").first() or Organisation.objects.create(
        kind="operator", name="Betreiber", created_at=now
    )
    admin, vetter = somebody(manager, Role.ADMIN), somebody(operator, Role.OPERATOR)
    made = _firms(many, chance, firms, now, submitted_by=admin, decided_by=vetter)
    _list(many, manager, made[:ON_LIST], now)
    kept = _requests(many, chance, manager, made, requests, now)
    owner = somebody(made[0], Role.FIRM)
    actor = Actor(ActorKind.PERSON, admin.pk, manager.pk, roles=frozenset({Role.ADMIN}))
    issued = create_key(actor=actor, name="Last", now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "session": _session(admin),
        "firm_session": _session(owner),
        "client_id": issued.key.client_id,
        "client_secret": issued.client_secret,
        "services": SERVICES,
        "places": PLACES + SEARCHED,
        "bare": _bare(actor, now),
        **kept,
    }


def _firms(many: Any, chance: random.Random, count: int, now: Any, **people: Any) -> list[Any]:
    """Four of five may take what their trades may; of the rest the insurance has expired. With profile, trades and papers."""
    from gewerk.catalogue.queries import catalogue_of
    from gewerk.firms.models import Evidence, FirmProfile, FirmTrade
    from gewerk.firms.trades import TRADES
    from gewerk.identity.models import Organisation

    catalogue, today = catalogue_of("DE"), now.date()
    codes = sorted(TRADES)
    made = many(
        Organisation,
        [
            Organisation(
                kind="firm",
                name=f"Betrieb {n}",
                postcode=PLACES[n % 6] if n % 20 == 0 else f"{1_000 + n * 7919 % 98_999:05}",
                city="Ort",
                created_at=now,
            )
            for n in range(count)
        ],
    )
    profiles, trades, papers = [], [], []
    for n, firm in enumerate(made):
        area = ("postcodes", "postcodes", "postcodes", "radius", "anywhere")[n % 5] if n % 50 else "anywhere"
        profiles.append(
            FirmProfile(
                firm=firm,
                area_kind=area if area != "anywhere" or n % 50 == 0 else "postcodes",
                area_postcodes=[firm.postcode[:2], f"{(int(firm.postcode[:2]) + 1) % 100:02}"],
                area_radius_km=40,
                capacity=n % 4 or None,
                updated_at=now,
            )
        )
        does = {("painting", "plumbing", "electrics")[n % 3], *chance.sample(codes, 2)}
        trades += [FirmTrade(firm=firm, trade=code) for code in sorted(does)]
        for kind in catalogue.evidence.values():
            until = None
            if kind.expires:
                until = today - timedelta(days=3) if n % 5 == 4 else today + timedelta(days=200)
            papers.append(
                Evidence(
                    firm=firm,
                    country="DE",
                    kind=kind.code,
                    trades=sorted(does) if kind.per_trade else [],
                    number=str(n),
                    issuer="Kammer",
                    valid_from=date(2020, 1, 1),
                    valid_until=until,
                    insured_minor=10**9 if kind.minimum_minor else None,
                    currency="EUR" if kind.minimum_minor else "",
                    state="confirmed",
                    submitted_by=people["submitted_by"],
                    submitted_at=now,
                    decided_by=people["decided_by"],
                    decided_at=now,
                )
            )
    many(FirmProfile, profiles)
    many(FirmTrade, trades)
    many(Evidence, papers)
    return list(made)


def _list(many: Any, manager: Any, firms: list[Any], now: Any) -> None:
    from gewerk.firms.models import ListedFirm

    standings = ("approved", "approved", "preferred", "blocked")
    many(
        ListedFirm,
        [
            ListedFirm(
                organisation=manager,
                firm=firm,
                standing=standings[n % 4],
                blocked_reason="Unzuverlässig" if n % 4 == 3 else "",
                search=firm.name.lower(),
                created_at=now,
                updated_at=now,
            )
            for n, firm in enumerate(firms)
        ],
    )


def _requests(
    many: Any, chance: random.Random, manager: Any, firms: list[Any], count: int, now: Any
) -> dict[str, list[str]]:
    """Each with its order, two items and three invited firms; the opened ones with three quotes."""
    from gewerk.marketplace.models import Invitation, Quote, QuoteLine, QuoteRequest, RequestItem
    from gewerk.portfolio.models import Property
    from gewerk.projects.models import WorkOrder

    common = {"organisation": manager, "created_at": now, "updated_at": now}
    places = many(
        Property,
        [
            Property(
                external_id=f"1-{n}",
                name=f"Straße {n}",
                street="Straße",
                house_number=str(n),
                postcode=PLACES[n % 6],
                city="Ort",
                country="DE",
                source="erp",
                client_number="1",
                **common,
            )
            for n in range(200)
        ],
    )
    kept: dict[str, list[str]] = {"requests": [], "drafts": [], "opened": []}
    for start in range(0, count, CHUNK):
        orders, asked, items, invited = [], [], [], []
        quotes: list[Any] = []
        lines: list[Any] = []
        for n in range(start, min(start + CHUNK, count)):
            state, at = _STATES[n % len(_STATES)], now - timedelta(minutes=n * 5)
            three = chance.sample(firms, 3)
            when = {"organisation": manager, "created_at": at, "updated_at": at}
            order = WorkOrder(
                number=f"A-2026-{n:06d}",
                title=f"Arbeit {n}",
                property=places[n % 200],
                state=_ORDER_STATES[state],
                state_at=at,
                currency="EUR",
                **when,
            )
            if state == "awarded":
                order.firm, order.awarded_at, order.award_kind = three[0], at, "quote"
            request = QuoteRequest(
                order=order,
                state=state,
                title=f"Arbeit {n}",
                service=SERVICES[n % 3],
                currency="EUR",
                open_to_market=state == "open" and n % 40 == 1,
                **when,
            )
            if state != "draft":
                request.sent_at = at
                request.deadline_at = now + timedelta(days=9) if state == "open" else at + timedelta(hours=1)
            if state in {"opened", "awarded"}:
                request.opened_at = at + timedelta(hours=1)
            orders.append(order)
            asked.append(request)
            scope = [
                RequestItem(request=request, position=p, text="Fläche", quantity_thousandths=1_000, unit="m²")
                for p in (1, 2)
            ]
            items += scope
            calls = [
                Invitation(request=request, firm=firm, position=p, why="gewählt", invited_at=at)
                for p, firm in enumerate(three, start=1)
            ]
            invited += calls
            if state == "opened":
                _quote(request, calls, scope, at, quotes, lines)
        for model, rows in (
            (WorkOrder, orders),
            (QuoteRequest, asked),
            (RequestItem, items),
            (Invitation, invited),
            (Quote, quotes),
            (QuoteLine, lines),
        ):
            many(model, rows)
        kept["requests"] += [str(row.pk) for row in asked[:: max(1, len(asked) // 40)]]
        for state, name in (("draft", "drafts"), ("opened", "opened")):
            found = [str(row.pk) for row in asked if row.state == state]
            kept[name] += found[:20]
    return kept


def _quote(request: Any, calls: list[Any], scope: list[Any], at: Any, quotes: list[Any], lines: list[Any]) -> None:
    from gewerk.marketplace.models import Quote, QuoteLine

    for n, call in enumerate(calls):
        quote = Quote(
            request=request,
            invitation=call,
            firm_id=call.firm_id,
            number=1,
            state="submitted",
            currency="EUR",
            net_minor=2_000 + 200 * n,
            vat_minor=380 + 38 * n,
            gross_minor=2_380 + 238 * n,
            valid_until_date=date(2099, 1, 1),
            submitted_at=at,
            created_at=at,
            updated_at=at,
        )
        quotes.append(quote)
        lines += [
            QuoteLine(
                quote=quote,
                position=item.position,
                item=item,
                quantity_thousandths=1_000,
                unit="m²",
                unit_price_minor=1_000 + 100 * n,
                vat_basis_points=1_900,
                net_minor=1_000 + 100 * n,
                counted=True,
            )
            for item in scope
        ]


def _session(person: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "gewerk.entrypoints.web.account.backend.Backend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _bare(actor: Any, now: Any) -> dict[str, str]:
    """The queries by themselves, as SQL that needs nothing of the platform; PostgreSQL only. The search written by hand: the first
    50 of a trade who work there, whose papers hold, the near ones and those who were asked least first."""
    from django.db import connection
    from gewerk.catalogue.queries import service
    from gewerk.marketplace.access import requests

    if connection.vendor != "postgresql":
        return {}
    from psycopg import ClientCursor

    wanted, place = service("DE", SERVICES[0]), PLACES[0]
    search = """
        WITH found AS (
          SELECT o.id, o.postcode FROM identity_organisation o JOIN firms_firmprofile p ON p.firm_id = o.id
          WHERE EXISTS (SELECT FROM firms_firmtrade t WHERE t.firm_id = o.id AND t.trade = ANY(%(trades)s::text[]))
            AND (p.area_kind = 'anywhere' OR p.area_kind = 'postcodes' AND p.area_postcodes ?| %(areas)s::text[]
                 OR p.area_kind = 'radius' AND o.postcode LIKE %(region)s)
            AND (SELECT count(DISTINCT e.kind) FROM firms_evidence e
                 WHERE e.firm_id = o.id AND e.kind = ANY(%(kinds)s::text[]) AND e.state = 'confirmed'
                   AND (e.valid_until IS NULL OR e.valid_until >= %(on)s)) = cardinality(%(kinds)s::text[]))
        SELECT id, (SELECT count(*) FROM marketplace_invitation i
                    WHERE i.firm_id = found.id AND i.invited_at > %(since)s) AS asked
        FROM found ORDER BY postcode LIKE %(region)s DESC, asked, id LIMIT 50"""
    given = {
        "trades": list(wanted.trades),
        "areas": [place[:length] for length in range(1, len(place) + 1)],
        "region": f"{place[:2]}%",
        "kinds": sorted({need.kind for need in wanted.requirements}),
        "on": now.date(),
        "since": now - timedelta(days=90),
    }
    newest = requests(actor).order_by("-updated_at", "-id")[:50]
    with connection.cursor() as cursor:
        raw = ClientCursor(cursor.connection)
        return {
            "search, first 50": raw.mogrify(search, given),
            "newest 50 requests": raw.mogrify(*newest.query.sql_with_params()),
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
