"""Login links: once, 15 minutes, and no word about who is known."""

from datetime import timedelta
from types import ModuleType

import pytest
from gewerk.identity.links import LinkIsInvalid, invitation_token, login_link_of, login_token
from gewerk.identity.models import LoginLink, Membership
from gewerk.identity.operations import login_links
from gewerk.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_a_link_works_once(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=f"  {person.email.upper()} ", now=factories.NOW)
    link = login_link_of(login_token(LoginLink.objects.get().pk))
    assert login_links.use_login_link(link=link, now=factories.NOW) == person
    with pytest.raises(login_links.LinkIsUsedUp):
        login_links.use_login_link(link=link, now=factories.NOW)


def test_a_link_ends_after_15_minutes(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    link = LoginLink.objects.get()
    assert login_links.is_open(link, now=factories.NOW + timedelta(minutes=14, seconds=59))
    late = factories.NOW + timedelta(minutes=15)
    assert not login_links.is_open(link, now=late)
    with pytest.raises(login_links.LinkIsUsedUp):
        login_links.use_login_link(link=link, now=late)


def test_nobody_gets_a_link_without_access(factories: ModuleType) -> None:
    gone = factories.person(factories.organisation())
    Membership.objects.filter(person=gone).update(ended_at=factories.NOW)
    asleep = factories.person(factories.organisation(), is_active=False)
    for email in (gone.email, asleep.email, "nobody@example.org"):
        login_links.request_login_link(email=email, now=factories.NOW + timedelta(seconds=1))
    assert not LoginLink.objects.exists()
    assert not Entry.objects.exists()


def test_access_that_ended_meanwhile_makes_the_link_worthless(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    Membership.objects.filter(person=person).update(ended_at=factories.NOW)
    with pytest.raises(login_links.LinkIsUsedUp):
        login_links.use_login_link(link=LoginLink.objects.get(), now=factories.NOW + timedelta(minutes=1))


def test_the_journal_holds_no_address(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    entry = Entry.objects.get()
    assert (entry.event, entry.data) == ("login_link.requested", {})
    assert entry.due_at == factories.NOW


@pytest.mark.parametrize("token", ["", "abc", "abc.def", "0" * 32 + ".x"])
def test_a_changed_token_is_invalid(token: str) -> None:
    with pytest.raises(LinkIsInvalid):
        login_link_of(token)


def test_a_token_of_one_kind_does_not_open_another(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    login_links.request_login_link(email=person.email, now=factories.NOW)
    with pytest.raises(LinkIsInvalid):
        login_link_of(invitation_token(LoginLink.objects.get().pk))
