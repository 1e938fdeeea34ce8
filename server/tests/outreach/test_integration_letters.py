"""Administrators hear of the connector's troubles: each once, by mail and on their pages."""

from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from gewerk.entrypoints.worker.loop import duties
from gewerk.identity.models import Person, Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.portfolio.models import Integration
from gewerk.portfolio.operations.note_silence import note_silence
from gewerk.portfolio.operations.report_run import report_run
from gewerk.portfolio.queries.integration_trouble import integration_trouble
from gewerk.portfolio.run_reports import RunReport

pytestmark = pytest.mark.django_db


class Office:
    """An organisation with an administrator, an integration, and a connector that reports."""

    def __init__(self, factories: ModuleType, **fields: Any) -> None:
        self.now: datetime = factories.NOW
        self.organisation = factories.organisation(**fields)
        self.admin: Person = factories.person(self.organisation)
        self.other: Person = factories.person(self.organisation, role=Role.HOUSING_OFFICER)
        self.actor = Actor(
            kind=ActorKind.PERSON,
            id=self.admin.pk,
            organisation_id=self.organisation.pk,
            roles=frozenset({Role.ADMIN}),
        )
        self.integration = Integration.objects.create(
            organisation=self.organisation,
            external_id="c-1",
            kind="wodis-sigma",
            erp_name="Wodis Sigma",
            name="Stammdaten",
            created_at=self.now,
            updated_at=self.now,
        )
        self._runs = 0

    def report(self, status: str, message: str = "", *, again: bool = False) -> None:
        self._runs += not again
        moment = self.now.isoformat()
        report: RunReport = {  # type: ignore[typeddict-item]  # as the API hands it over
            "external_id": f"run-{self._runs}",
            "status": status,
            "as_of": self.now.date(),
            "started_at": datetime.fromisoformat(moment),
            "finished_at": datetime.fromisoformat(moment),
            "message": message,
            "findings": {"total": 0, "by_code": {}, "items": []},
        }
        report_run(actor=self.actor, integration_id=self.integration.pk, report=report, now=self.now)
        compose_due_mails(now=self.now)

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)

    def look(self) -> None:
        note_silence(now=self.now)
        compose_due_mails(now=self.now)

    @property
    def subjects(self) -> list[str]:
        return [mail.subject for mail in Mail.objects.order_by("id")]


@pytest.fixture
def office(factories: ModuleType) -> Office:
    cache.clear()
    return Office(factories)


def test_a_failed_run_is_told_to_the_administrators_once(office: Office) -> None:
    office.report("failed", "Datei ve.csv fehlt.")
    mail = Mail.objects.get()
    assert mail.recipient == office.admin.email
    assert mail.subject == "Abgleich mit Wodis Sigma fehlgeschlagen"
    assert "Datei ve.csv fehlt." in mail.body
    assert f"/integrations/{office.integration.pk}/runs/" in mail.body
    assert "Solange der Grund derselbe ist, kommt sie nicht noch einmal." in mail.body
    office.report("failed", "Datei ve.csv fehlt.", again=True)
    office.report("failed", "Datei ve.csv fehlt.")
    assert len(office.subjects) == 1
    office.report("failed", "Spalte fehlt.")
    assert len(office.subjects) == 2
    office.report("succeeded")
    office.report("failed", "Spalte fehlt.")
    assert len(office.subjects) == 3


def test_an_interrupted_run_in_between_makes_no_new_matter(office: Office) -> None:
    office.report("failed", "Datei fehlt.")
    office.report("interrupted")
    office.report("failed", "Datei fehlt.")
    assert len(office.subjects) == 1


def test_the_fuse_is_told_once_until_a_run_goes_through(office: Office) -> None:
    office.report("stopped_by_fuse", "11 von 50 Mietern würden archiviert.")
    office.report("stopped_by_fuse", "12 von 50 Mietern würden archiviert.")
    assert office.subjects == ["Abgleich mit Wodis Sigma angehalten: zu viele Datensätze würden archiviert"]
    office.report("succeeded")
    office.report("stopped_by_fuse")
    assert len(office.subjects) == 2


def test_a_good_run_is_no_news(office: Office) -> None:
    office.report("succeeded")
    assert office.subjects == []


def test_four_days_of_silence_are_told_once_and_again_after_the_next_silence(office: Office) -> None:
    office.report("succeeded")
    office.pass_days(3.9)
    office.look()
    assert office.subjects == []
    office.pass_days(0.2)
    for _ in range(3):
        office.look()
        office.pass_days(1)
    assert office.subjects == ["Seit 4 Tagen kein Abgleich mit Wodis Sigma"]
    assert Entry.objects.filter(event="integration.silent").count() == 1
    office.report("succeeded")
    office.pass_days(30)
    office.look()
    assert len(office.subjects) == 2


def test_a_connector_heard_of_before_the_mail_was_written_is_not_silent(office: Office) -> None:
    office.report("succeeded")
    office.pass_days(5)
    note_silence(now=office.now)
    office.pass_days(0.01)
    office.report("succeeded")
    assert office.subjects == []


def test_an_integration_that_never_ran_is_not_silent(office: Office) -> None:
    office.pass_days(90)
    office.look()
    assert office.subjects == []


def test_a_weekly_rhythm_may_rest_for_a_week(office: Office) -> None:
    for _ in range(4):
        office.report("succeeded")
        office.pass_days(7)
    office.look()
    assert office.subjects == []
    office.pass_days(1.5)
    office.look()
    assert office.subjects == ["Seit 8 Tagen kein Abgleich mit Wodis Sigma"]


def test_the_worker_does_it(office: Office) -> None:
    office.report("succeeded")
    [duty] = [duty for duty in duties() if duty.name == "note silent connectors"]
    duty.do(office.now + timedelta(days=5))
    assert Entry.objects.filter(event="integration.silent").count() == 1


def test_in_english_for_those_who_read_english(factories: ModuleType) -> None:
    office = Office(factories, country="GB")
    office.report("failed", "File missing.")
    office.pass_days(5)
    office.look()
    assert office.subjects == ["Sync with Wodis Sigma failed", "No sync with Wodis Sigma for 5 days"]


def test_the_pages_tell_it(office: Office) -> None:
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(office.admin, backend="gewerk.entrypoints.web.account.backend.Backend")
    office.now = timezone.now()  # pages go by the clock
    office.report("failed", "Datei ve.csv fehlt.")
    for path in ("/integrations/", f"/integrations/{office.integration.pk}/"):
        page = browser.get(path).content.decode()
        assert "Abgleich fehlgeschlagen: Stammdaten." in page
        assert "Datei ve.csv fehlt." in page
    [trouble] = integration_trouble(office.actor, now=office.now)
    assert trouble.kind == "failed"
    office.report("succeeded")
    assert integration_trouble(office.actor, now=office.now) == []
    assert (
        "fehlgeschlagen"
        not in browser.get(f"/integrations/{office.integration.pk}/").content.decode().split("<table")[0]
    )


def test_the_start_page_lists_it_for_who_can_do_something(office: Office, factories: ModuleType) -> None:
    factories.property_(office.organisation)
    office.now = timezone.now()
    office.report("stopped_by_fuse")
    for person, told in ((office.admin, True), (office.other, False)):
        browser = Client(HTTP_HOST="localhost")
        browser.force_login(person, backend="gewerk.entrypoints.web.account.backend.Backend")
        page = browser.get("/").content.decode()
        assert ("zu viele Datensätze würden archiviert" in page) is told


def test_another_organisations_trouble_is_nobodys(office: Office, factories: ModuleType) -> None:
    office.report("failed", "x")
    stranger = Office(factories)
    assert integration_trouble(stranger.actor, now=stranger.now) == []
