"""``python -m stories.seed_orders COUNT``: an organisation, a firm with a fitter, COUNT awarded orders in let flats; prints the
access and the orders' ids as JSON. Runs as a process of its own, so that a story's own process knows no Django."""

import json
import os
import secrets
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")


def main(count: int) -> dict[str, object]:
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone
    from gewerk.firms.models import ListedFirm
    from gewerk.identity.models import Membership, Organisation, Person
    from gewerk.portfolio.models import Property, SubProperty
    from gewerk.projects.models import WorkOrder

    now = timezone.now()
    number = secrets.token_hex(3)
    password = secrets.token_urlsafe(12)
    common = {"created_at": now, "updated_at": now, "source": "erp"}
    with transaction.atomic():
        manager = Organisation.objects.create(kind="manager", name=f"Verwaltung {number}", created_at=now)
        firm = Organisation.objects.create(kind="firm", name=f"Rohr {number}", created_at=now)
        ListedFirm.objects.create(organisation=manager, firm=firm, created_at=now, updated_at=now)
        fitter = Person.objects.create_user(
            f"fitter-{number}@example.org", password, first_name="Tim", last_name="Albers", created_at=now
        )
        Membership.objects.create(person=fitter, organisation=firm, role="fitter", created_at=now)
        prop = Property.objects.create(
            organisation=manager,
            external_id="1-9-66",
            name="Lindemannstraße 12",
            street="Lindemannstraße",
            house_number="12",
            postcode="44137",
            city="Dortmund",
            **common,
        )
        orders = []
        for index in range(count):
            flat = SubProperty.objects.create(
                organisation=manager,
                property=prop,
                type="unit",
                external_id=f"1-9-66-{index}",
                name=str(index),
                **common,
            )
            orders.append(
                WorkOrder.objects.create(
                    organisation=manager,
                    number=f"A-2026-{index:04d}",
                    title=f"Wasserhahn {index} tropft",
                    trade="plumbing",
                    property=prop,
                    unit=flat,
                    contact_name=f"Mieterin {index}",
                    contact_phone="0231 123456",
                    firm=firm,
                    award_kind="by_hand",
                    state="awarded",
                    state_at=now,
                    awarded_at=now,
                    currency="EUR",
                    created_at=now,
                    updated_at=now,
                )
            )
    return {"email": fitter.email, "password": password, "orders": [str(order.pk) for order in orders]}


def found(order_ids: list[str]) -> list[dict[str, object]]:
    """What arrived for these orders."""
    import django

    django.setup()
    from gewerk.files.queries import files_of
    from gewerk.scheduling.models import Completion

    return [
        {
            "order": str(one.order_id),
            "state": one.state,
            "order_state": one.order.state,
            "text": one.text,
            "captured_at": one.captured_at.isoformat(),
            "clock_off_seconds": one.clock_off_seconds,
            "files": sorted([link.file.sha256, link.purpose] for link in files_of("completion", one.pk)),
        }
        for one in Completion.objects.filter(order_id__in=order_ids).select_related("order").order_by("captured_at")
    ]


if __name__ == "__main__":
    if sys.argv[1] == "found":
        sys.stdout.write(json.dumps(found(sys.argv[2:])))
    else:
        sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
