"""From the journal to a real mail server on loopback: once, in the right language, again after trouble, never in a demo."""

import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import connection
from gewerk.config.installation import installation
from gewerk.identity.models import Invitation, Person, Role
from gewerk.identity.operations import invitations, login_links
from gewerk.identity.operations.passwords import set_password
from gewerk.journal.actor import Actor, ActorKind, system
from gewerk.journal.models import Entry
from gewerk.journal.operations import record
from gewerk.outreach import listeners
from gewerk.outreach.models import Mail
from gewerk.outreach.operations import send
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.outreach.operations.send import send_due_mails
from gewerk.outreach.smtp import connect

from .conftest import Mailbox, subject_of, text_of

pytestmark = pytest.mark.django_db


def work(now: datetime) -> int:
    compose_due_mails(now=now)
    return send_due_mails(now=now)


def admin_of(factories: ModuleType, **fields: Any) -> Actor:
    organisation = factories.organisation(**fields)
    person = factories.person(organisation)
    return Actor(kind=ActorKind.PERSON, id=person.pk, organisation_id=organisation.pk, roles=frozenset({"admin"}))


def test_a_login_link_arrives_once_in_german(factories: ModuleType, mailbox: Mailbox) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    assert work(factories.NOW) == 1
    assert work(factories.NOW + timedelta(days=1)) == 0
    (mail,) = mailbox.arrived
    assert mail["To"] == person.email
    assert subject_of(mail) == "Ihr Anmeldelink"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = text_of(mail)
    assert f"{installation().base_url}/login/link/" in text
    assert "weil für Ihre Adresse ein Anmeldelink angefordert wurde" in text
    # What was sent is not kept: it held a link.
    assert Mail.objects.get().body == ""


def test_mails_speak_the_recipients_language(factories: ModuleType, mailbox: Mailbox) -> None:
    british = factories.person(factories.organisation("GB"))
    switched = factories.person(factories.organisation("GB"), language="de")
    for person in (british, switched):
        login_links.request_login_link(email=person.email, now=factories.NOW)
    work(factories.NOW)
    assert {m["To"]: m["Subject"] for m in mailbox.arrived} == {
        british.email: "Your login link",
        switched.email: "Ihr Anmeldelink",
    }


def test_an_invitation_says_who_where_and_why(factories: ModuleType, mailbox: Mailbox) -> None:
    actor = admin_of(factories, name="Wohnen & Bauen")
    invitations.invite(actor=actor, email="neu@example.org", role="housing_officer", now=factories.NOW)
    work(factories.NOW)
    (mail,) = mailbox.arrived
    assert subject_of(mail) == "Wohnen & Bauen lädt Sie zu Gewerk ein"
    text = text_of(mail)
    assert Person.objects.get(pk=actor.id).name in text
    assert "„Sachbearbeitung“" in text
    assert "06.12.2026" in text
    assert "/invitations/" in text
    assert "&amp;" not in text


def test_a_withdrawn_invitation_and_a_used_link_are_not_sent(factories: ModuleType, mailbox: Mailbox) -> None:
    actor = admin_of(factories)
    invitation = invitations.invite(actor=actor, email="neu@example.org", role="admin", now=factories.NOW)
    invitations.withdraw_invitation(actor=actor, invitation_id=invitation.pk, now=factories.NOW)
    login_links.request_login_link(email=Person.objects.get(pk=actor.id).email, now=factories.NOW)
    late = factories.NOW + timedelta(minutes=16)
    assert work(late) == 0
    assert mailbox.arrived == []
    assert not Entry.objects.filter(due_at__isnull=False).exists()


def test_a_changed_password_is_told(factories: ModuleType, mailbox: Mailbox) -> None:
    actor = admin_of(factories)
    person = Person.objects.get(pk=actor.id)
    set_password(actor=actor, person=person, password="Fliederweg-Sieben-7", now=factories.NOW)
    work(factories.NOW)
    assert subject_of(mailbox.arrived[0]) == "Ihr Passwort wurde geändert"
    assert "22.11.2026" in text_of(mailbox.arrived[0])


def test_trouble_on_the_line_is_tried_again_up_to_three_days(
    factories: ModuleType, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    compose_due_mails(now=factories.NOW)
    mailbox.refuses[person.email] = "451 try later"
    now, tries = factories.NOW, 0
    while (mail := Mail.objects.get()).next_try_at is not None:
        now = mail.next_try_at
        assert send_due_mails(now=now) == 0
        tries += 1
        assert tries < 40
    assert timedelta(days=2, hours=18) < now - factories.NOW <= timedelta(days=3)
    assert tries > 20
    assert mail.last_error == "recipient refused (451)"
    assert person.email not in mail.last_error


def test_after_trouble_it_arrives(factories: ModuleType, mailbox: Mailbox) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    mailbox.refuses[person.email] = "451 try later"
    assert work(factories.NOW) == 0
    mailbox.refuses.clear()
    assert send_due_mails(now=factories.NOW + timedelta(seconds=59)) == 0
    assert send_due_mails(now=factories.NOW + timedelta(seconds=60)) == 1
    assert Mail.objects.get().tries == 2


def test_a_lasting_refusal_ends_it_and_others_go_on(factories: ModuleType, mailbox: Mailbox) -> None:
    organisation = factories.organisation()
    gone, there = factories.person(organisation), factories.person(organisation)
    for person in (gone, there):
        login_links.request_login_link(email=person.email, now=factories.NOW)
    mailbox.refuses[gone.email] = "550 no such user"
    assert work(factories.NOW) == 1
    refused = Mail.objects.get(recipient=gone.email)
    assert (refused.next_try_at, refused.sent_at, refused.last_error) == (None, None, "recipient refused (550)")
    assert refused.body == "", "the link in it would log somebody in"


def test_a_dead_server_is_trouble_not_the_end(factories: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    monkeypatch.setattr(installation(), "smtp_url", f"smtp+plain://127.0.0.1:{closed}")
    monkeypatch.setattr(installation(), "demo", False)
    login_links.request_login_link(email=factories.person(factories.organisation()).email, now=factories.NOW)
    assert work(factories.NOW) == 0
    mail = Mail.objects.get()
    assert mail.next_try_at == factories.NOW + timedelta(minutes=1)
    assert mail.last_error == "ConnectionRefusedError"


def test_killed_between_sending_and_marking_it_goes_out_again_with_the_same_id(
    factories: ModuleType, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the second copy carries the Message-ID of the first."""
    login_links.request_login_link(email=factories.person(factories.organisation()).email, now=factories.NOW)
    compose_due_mails(now=factories.NOW)

    class Killed(BaseException):
        pass

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Mail, "save", dies)
        with pytest.raises(Killed):
            send_due_mails(now=factories.NOW)
    assert Mail.objects.get().sent_at is None
    assert send_due_mails(now=factories.NOW) == 1
    first, second = mailbox.arrived
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].startswith(f"<{Mail.objects.get().pk}@")


def test_composing_twice_makes_one_mail(factories: ModuleType, mailbox: Mailbox) -> None:
    """As after a kill between the mail and the mark of its entry."""
    login_links.request_login_link(email=factories.person(factories.organisation()).email, now=factories.NOW)
    compose_due_mails(now=factories.NOW)
    Entry.objects.update(due_at=factories.NOW)
    compose_due_mails(now=factories.NOW)
    assert Mail.objects.count() == 1


def test_a_demo_sends_nothing_and_keeps_the_text(
    factories: ModuleType, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation(), "demo", True)
    login_links.request_login_link(email=factories.person(factories.organisation()).email, now=factories.NOW)
    assert work(factories.NOW) == 0
    assert mailbox.arrived == []
    assert "/login/link/" in Mail.objects.get().body


def test_without_a_mail_server_mails_wait(factories: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation(), "smtp_url", "")
    monkeypatch.setattr(installation(), "demo", False)
    login_links.request_login_link(email=factories.person(factories.organisation()).email, now=factories.NOW)
    assert work(factories.NOW) == 0
    mail = Mail.objects.get()
    assert (mail.tries, mail.next_try_at) == (0, factories.NOW)


def test_a_listener_that_fails_stops_no_other(
    factories: ModuleType, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    organisation = factories.organisation()
    person = factories.person(organisation)
    record(
        actor=system(organisation.pk),
        event="invitation.created",
        object_type="invitation",
        object_id=None,
        now=factories.NOW,
    )
    login_links.request_login_link(email=person.email, now=factories.NOW)
    assert work(factories.NOW) == 1
    failed = Entry.objects.get(event="invitation.created")
    assert failed.tries == 1
    assert failed.due_at is not None
    assert failed.due_at > factories.NOW
    assert person.email not in caplog.text
    for _try in range(7):
        failed.refresh_from_db()
        compose_due_mails(now=failed.due_at)
    failed.refresh_from_db()
    assert (failed.tries, failed.due_at) == (8, None)


def test_every_listened_event_has_a_template_in_both_languages(factories: ModuleType) -> None:
    from django.template.loader import get_template

    package = Path(listeners.__file__).parent
    code = "".join(path.read_text() for path in package.glob("*.py"))
    templates = {path.stem for path in (package / "templates/outreach/mails").glob("*.txt")} - {"_foot"}
    for name in templates:
        get_template(f"outreach/mails/{name}.txt")
        assert f'"{name}"' in code, f"nobody writes {name}"
    told = {"login_link.requested", "invitation.created", "person.password_changed"}
    told |= {"api_key.reminder_due", "api_key.secret_rotated"}
    told |= {"ticket.created", "ticket.state_changed", "ticket.merged"}
    assert told <= set(listeners.LISTENERS)
    assert len(templates) >= len(told)


def test_key_mails_go_to_the_reminder_address_else_to_the_administrators(
    factories: ModuleType, mailbox: Mailbox
) -> None:
    from gewerk.identity.operations.create_key import create_key
    from gewerk.identity.operations.rotate_secret import rotate_secret

    actor = admin_of(factories)
    with_address = create_key(actor=actor, name="ERP", reminder_email="it@example.org", now=factories.NOW)
    without = create_key(actor=actor, name="Kasse", now=factories.NOW)
    for made in (with_address, without):
        rotate_secret(actor=actor, key_id=made.key.pk, overlap=timedelta(days=3), now=factories.NOW)
    work(factories.NOW)
    told = {m["To"]: text_of(m) for m in mailbox.arrived}
    assert set(told) == {"it@example.org", Person.objects.get(pk=actor.id).email}
    assert "Das alte gilt noch 3 Tage." in told["it@example.org"]
    assert with_address.client_secret not in "".join(told.values())


def test_mails_about_a_firms_key_go_to_its_owner(factories: ModuleType, mailbox: Mailbox) -> None:
    from gewerk.identity.operations.create_key import create_key
    from gewerk.identity.operations.rotate_secret import rotate_secret

    firm = factories.firm()
    owner = factories.person(firm, Role.FIRM)
    factories.person(firm, Role.FITTER)
    actor = factories.acting(owner)
    made = create_key(actor=actor, name="Kalkulation", now=factories.NOW)
    rotate_secret(actor=actor, key_id=made.key.pk, overlap=timedelta(days=3), now=factories.NOW)
    work(factories.NOW)
    assert {m["To"] for m in mailbox.arrived} == {owner.email}


def test_login_and_addresses_of_mail_servers() -> None:
    class Gate(Mailbox):
        pass

    seen: list[tuple[str, str]] = []

    def check(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"p@ss/w")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Gate(), hostname="127.0.0.1", port=port, authenticator=check, auth_require_tls=False)
    server.start()
    try:
        connect(f"smtp+plain://us%40er:p%40ss%2Fw@127.0.0.1:{port}").quit()
    finally:
        server.stop()
    assert seen == [("us@er", "p@ss/w")]
    for wrong in ("http://host", "smtp://", "mail.example.org"):
        with pytest.raises(ValueError, match="GEWERK_SMTP_URL"):
            connect(wrong)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(factories: ModuleType, mailbox: Mailbox) -> None:
    organisation = factories.organisation()
    for _person in range(6):
        login_links.request_login_link(email=factories.person(organisation).email, now=factories.NOW)
    compose_due_mails(now=factories.NOW)
    sent: list[int] = []

    def worker() -> None:
        try:
            sent.append(send_due_mails(now=factories.NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 6
    assert len({m["Message-ID"] for m in mailbox.arrived}) == len(mailbox.arrived) == 6


def test_retry_times_are_named() -> None:
    assert timedelta(days=3) == send.GIVE_UP_AFTER


def test_invitations_are_kept_apart_by_role(factories: ModuleType) -> None:
    actor = admin_of(factories)
    invitations.invite(actor=actor, email="neu@example.org", role="admin", now=factories.NOW)
    invitations.invite(actor=actor, email="neu@example.org", role="housing_officer", now=factories.NOW)
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 2
