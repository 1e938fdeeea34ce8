"""Who is told by mail, and the notices at the top of a connection's page."""

from datetime import timedelta

import pytest
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.watch import Watch
from gewerk_connect.service.watch.notices import Notices, Recipients
from service_doors import Doors, Visitor, activate, now
from standin import StandIn


@pytest.fixture
def connection_id(admin: Visitor, api: StandIn, doors: Doors) -> str:
    found = activate(admin, api)
    row = doors.house.connections.get(found)
    doors.house.connections.save(
        found, version=row.version, by="x", at=now(), event="started", stage="production", next_run_at=now()
    )
    return found


def recipients(doors: Doors, connection_id: str) -> Recipients:
    return Notices(doors.service.engine).recipients(connection_id)


def test_addresses_are_kept_and_shown_again(admin: Visitor, doors: Doors, connection_id: str) -> None:
    admin.get(f"/connections/{connection_id}/notify")
    assert "Dieser Dienst kann noch keine Mails senden" in admin.text
    admin.post(
        f"/connections/{connection_id}/notify",
        addresses="Anna@Example.org\n ben@example.org, anna@example.org",
        language="en",
        every_run="yes",
    )
    assert admin.path == f"/connections/{connection_id}"
    assert recipients(doors, connection_id) == Recipients(("anna@example.org", "ben@example.org"), "en", True)
    page = admin.get(f"/connections/{connection_id}/notify")
    assert "anna@example.org\nben@example.org" in page
    admin.post(f"/connections/{connection_id}/notify", addresses="", language="de")
    assert recipients(doors, connection_id) == Recipients((), "de", False)


def test_what_is_no_address_is_said_and_nothing_typed_is_lost(admin: Visitor, doors: Doors, connection_id: str) -> None:
    admin.get(f"/connections/{connection_id}/notify")
    page = admin.post(f"/connections/{connection_id}/notify", 422, addresses="anna@", language="de")
    assert "Das ist keine E-Mail-Adresse: anna@" in admin.text
    assert ">anna@</textarea>" in page
    assert recipients(doors, connection_id) == Recipients()


def test_only_who_sets_up_may_and_only_their_own(doors: Doors, connection_id: str) -> None:
    clerk = doors.visitor(role="clerk")
    clerk.get(f"/connections/{connection_id}/notify", 403)
    stranger = doors.visitor(org="org-2")
    stranger.get(f"/connections/{connection_id}/notify", 404)


def test_a_notice_stands_on_the_page_until_it_is_over(admin: Visitor, doors: Doors, connection_id: str) -> None:
    connections = Connections(doors.service)
    connections.set_next_run(connection_id, now() - timedelta(days=5, hours=1))  # a slot that nobody kept
    Watch(doors.service, connections, now=now).round()
    admin.get(f"/connections/{connection_id}")
    assert "Seit 5 Tagen kein Abgleich." in admin.text
    assert "Starten Sie den Abgleich von Hand." in admin.text
    connections.set_next_run(connection_id, now() + timedelta(days=1))
    Watch(doors.service, connections, now=now).round()
    admin.get(f"/connections/{connection_id}")
    assert "kein Abgleich" not in admin.text
