"""A link by mail instead of a password: also the way back in for whoever forgot theirs."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import live_memberships
from gewerk.identity.models import LoginLink, Person
from gewerk.journal.actor import system
from gewerk.journal.operations import record
from gewerk.kit.refusals import Refusal, RefusalKind

LIFE = timedelta(minutes=15)


class LinkIsUsedUp(Refusal):
    kind = RefusalKind.CONFLICT
    code = "login_link_used_up"
    message = _("This link has been used or is older than 15 minutes. Please request a new one.")


def request_login_link(*, email: str, now: datetime) -> None:
    """Promise a mail to whoever can log in under this address. Says nothing about whether there is somebody."""
    person = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    memberships = live_memberships(person, now=now) if person else []
    if person is None or not memberships:
        return
    link = LoginLink.objects.create(person=person, created_at=now, expires_at=now + LIFE)
    actor = system(memberships[0].organisation_id)
    record(actor=actor, event="login_link.requested", object_type="login_link", object_id=link.pk, now=now)


def is_open(link: LoginLink, *, now: datetime) -> bool:
    return link.used_at is None and now < link.expires_at and link.person.is_active


def use_login_link(*, link: LoginLink, now: datetime) -> Person:
    """Use the link up and answer whom it logs in. Raises LinkIsUsedUp for the second use and after its time."""
    won = LoginLink.objects.filter(pk=link.pk, used_at__isnull=True, expires_at__gt=now).update(used_at=now)
    if not won or not link.person.is_active:
        raise LinkIsUsedUp
    memberships = live_memberships(link.person, now=now)
    if not memberships:
        raise LinkIsUsedUp
    actor = system(memberships[0].organisation_id)
    record(actor=actor, event="login_link.used", object_type="login_link", object_id=link.pk, now=now)
    return link.person
