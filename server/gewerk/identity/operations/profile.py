"""What people change about themselves."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gewerk.identity.countries import LANGUAGES
from gewerk.identity.models import Person
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal

_FIELDS = ("first_name", "last_name", "salutation", "language")


class ProfileIsInvalid(Refusal):
    code = "profile_invalid"


def update_profile(*, actor: Actor, person: Person, fields: dict[str, Any], now: datetime) -> None:
    """Names and language of the acting person; the journal names the fields, not their content. Raises ProfileIsInvalid."""
    if fields.get("language", "") not in {"", *LANGUAGES}:
        message = str(_("Please choose one."))
        raise ProfileIsInvalid(message, problems=(FieldProblem("/language", "choice_unknown", message),))
    changed = [name for name in _FIELDS if name in fields and getattr(person, name) != fields[name]]
    if not changed:
        return
    for name in changed:
        setattr(person, name, fields[name])
    person.save(update_fields=changed)
    record(
        actor=actor,
        event="person.updated",
        object_type="person",
        object_id=person.pk,
        now=now,
        data={"fields": changed},
    )
