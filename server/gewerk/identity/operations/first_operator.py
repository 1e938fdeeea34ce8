"""An empty installation gets its operator and its first organisation: once, by whoever holds the setup code."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.identity.models import Membership, Organisation, OrganisationKind, Person, Role
from gewerk.identity.operations.organisations import new_organisation
from gewerk.identity.operations.passwords import check_password_strength
from gewerk.journal.actor import system
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

# Letters and digits that nobody confuses when reading them off a terminal.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class AlreadySetUp(Refusal):
    kind = RefusalKind.CONFLICT
    code = "already_set_up"
    message = _("This installation has been set up already. Please log in.")


class SetupCodeIsWrong(Refusal):
    code = "setup_code_wrong"
    message = _("The code is wrong. ./gewerk up prints it when it starts.")


@dataclass(frozen=True, slots=True)
class FirstOperator:
    """What the first-operator page asks for."""

    organisation_name: str
    country: str
    first_name: str
    last_name: str
    email: str
    password: str
    setup_code: str


def is_empty() -> bool:
    """Nobody can log in yet."""
    return not Person.objects.exists()


def setup_code() -> str:
    """GEWERK_SETUP_CODE, else eight signs derived from the installation's secret: every process of it knows the same."""
    if installation().setup_code:
        return installation().setup_code
    digest = hmac.digest(installation().secret("secret_key").encode(), b"gewerk.first_operator", hashlib.sha256)
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:8])


def setup_code_if_empty() -> str | None:
    """What ``./gewerk up`` prints; None once somebody is there."""
    return setup_code() if is_empty() else None


def create_first_operator(*, given: FirstOperator, now: datetime) -> Person:
    """Create the operator and the first managing organisation with the same person as its administrator.

    Raises SetupCodeIsWrong, AlreadySetUp (also for the loser of a race), PasswordIsWeak, CompanyIsInvalid.
    """
    if not hmac.compare_digest(given.setup_code.strip().upper().encode(), setup_code().upper().encode()):
        problem = FieldProblem("/setup_code", "setup_code_wrong", str(SetupCodeIsWrong.message))
        raise SetupCodeIsWrong(problems=(problem,))
    if not is_empty():
        raise AlreadySetUp
    check_password_strength(
        given.password, person=Person(email=given.email, first_name=given.first_name, last_name=given.last_name)
    )
    try:
        with transaction.atomic():
            # The database allows one operator organisation: whoever comes second fails here.
            operator = Organisation.objects.create(
                kind=OrganisationKind.OPERATOR, name=given.organisation_name, country=given.country, created_at=now
            )
            manager = new_organisation(
                kind=OrganisationKind.MANAGER, name=given.organisation_name, country=given.country, now=now
            )
            for name in ("language", "currency", "time_zone"):
                setattr(operator, name, getattr(manager, name))
            operator.save()
            person = Person.objects.create_user(
                given.email,
                given.password,
                first_name=given.first_name.strip(),
                last_name=given.last_name.strip(),
                created_at=now,
            )
            Membership.objects.create(person=person, organisation=manager, role=Role.ADMIN, created_at=now)
            # Later by a tick: the oldest membership is where a login leads, and that is the organisation's work.
            later = now + timedelta(microseconds=1)
            Membership.objects.create(person=person, organisation=operator, role=Role.OPERATOR, created_at=later)
    except IntegrityError as late:
        raise AlreadySetUp from late
    record(
        actor=system(operator.pk),
        event="organisation.created",
        object_type="organisation",
        object_id=manager.pk,
        now=now,
        data={"kind": manager.kind, "country": manager.country},
    )
    return person
