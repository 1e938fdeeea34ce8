"""The worker as a process and its duties."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from gewerk.entrypoints.worker import loop
from gewerk.identity.models import IdempotentAnswer, LoginLink, Membership, Role
from gewerk.identity.operations import login_links
from gewerk.journal.models import Entry
from gewerk.journeys.align_tenant_access import align_tenant_access
from gewerk.outreach.beat import last_beat
from gewerk.outreach.models import Mail

pytestmark = pytest.mark.django_db


def test_once_does_everything_that_is_due(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    old = factories.NOW - timedelta(hours=25)
    for number, created_at in enumerate((old, factories.NOW)):
        IdempotentAnswer.objects.create(
            key_id=person.pk,
            idempotency_key=str(number),
            request_hash=b"",
            status=200,
            body=b"",
            created_at=created_at,
        )
    LoginLink.objects.create(person=person, created_at=old, expires_at=factories.NOW - timedelta(days=8))
    loop.run_once(now=factories.NOW)
    assert Mail.objects.get().recipient == person.email
    assert list(IdempotentAnswer.objects.values_list("idempotency_key", flat=True)) == ["1"]
    assert LoginLink.objects.count() == 1
    assert last_beat() == factories.NOW


def test_a_failing_duty_is_tried_again_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, done = threading.Event(), []

    def fails(_now: object) -> None:
        raise OSError("database went away")

    def works(_now: object) -> None:
        done.append(1)
        stop.set()

    todo = [loop.Duty("fails", fails, timedelta(0)), loop.Duty("works", works, timedelta(0))]
    monkeypatch.setattr(loop, "duties", lambda: todo)
    monkeypatch.setattr(loop, "close_old_connections", lambda: None)
    loop.run_forever(stop)
    assert done == [1]
    assert "fails failed" in caplog.text
    assert todo[0].next_at is not None


def test_a_tenants_access_moves_with_the_lease(factories: ModuleType) -> None:
    organisation = factories.organisation()
    tenant = factories.tenant(factories.unit(factories.property_(organisation)))
    person = factories.person(organisation, role=Role.TENANT)
    Membership.objects.filter(person=person).update(sub_property_id=tenant.pk)
    assert align_tenant_access(now=factories.NOW) == 0
    tenant.contract_end = date(2026, 12, 31)
    tenant.save()
    assert align_tenant_access(now=factories.NOW) == 1
    assert Membership.objects.get(person=person).ends_date == date(2026, 12, 31)
    assert align_tenant_access(now=factories.NOW) == 0
    tenant.contract_end = None
    tenant.save()
    assert align_tenant_access(now=factories.NOW) == 1
    assert Membership.objects.get(person=person).ends_date is None
    assert Entry.objects.filter(event="membership.end_moved").count() == 2


def test_the_process_ends_at_sigterm(tmp_path: Path) -> None:
    environment = {
        **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "GEWERK_DATABASE_URL"}},
        "GEWERK_DATA": str(tmp_path),
    }
    manage = [sys.executable, "-m", "gewerk.entrypoints.cli.manage"]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
    subprocess.run([*manage, "createcachetable"], env=environment, check=True)
    subprocess.run(
        [sys.executable, "-m", "gewerk.entrypoints.worker", "--once"], env=environment, check=True, timeout=60
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "gewerk.entrypoints.worker"], env=environment, stderr=subprocess.PIPE, text=True
    )
    time.sleep(5)
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    _out, errors = worker.communicate(timeout=15)
    assert worker.returncode == 0
    assert "Traceback" not in errors
