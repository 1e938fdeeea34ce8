"""Passwords. Setting one needs a fresh login or re-authentication, which the door sees to."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from gewerk.identity.models import Person
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal


class PasswordIsWeak(Refusal):
    code = "password_weak"


def check_password_strength(password: str, *, person: Person | None = None) -> None:
    """Raises PasswordIsWeak with one problem per rule broken (AUTH_PASSWORD_VALIDATORS)."""
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise PasswordIsWeak(
            " ".join(weak.messages),
            problems=tuple(FieldProblem("/password", "password_weak", message) for message in weak.messages),
        ) from weak


def set_password(*, actor: Actor, person: Person, password: str, now: datetime) -> None:
    """Give the acting person a new password; the journal's listener tells them by mail. Raises PasswordIsWeak."""
    check_password_strength(password, person=person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(actor=actor, event="person.password_changed", object_type="person", object_id=person.pk, now=now)
