"""Keep a list under a name, and let it go again. A view belongs to the person who saved it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import require, sees_stock
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.ids import new_id
from gewerk.kit.refusals import Refusal
from gewerk.portfolio.models import SavedView

MOST_VIEWS = 20


class NameMissing(Refusal):
    code = "name_missing"
    message = _("Give the view a name.")


class TooManyViews(Refusal):
    code = "too_many_views"
    message = _("You have 20 saved views of this list. Remove one before saving another.")


def save_view(*, actor: Actor, listing: str, name: str, query: str, now: datetime) -> None:
    """A name used before gets the new content. Raises ``NameMissing`` or ``TooManyViews``."""
    person_id = _person(actor)
    # No database column holds NUL.
    listing, name, query = (text.replace("\x00", "") for text in (listing, name, query))
    wanted = name.strip()[:60]
    if not wanted:
        raise NameMissing
    mine = SavedView.objects.filter(organisation_id=actor.organisation_id, person_id=person_id, listing=listing)
    if mine.filter(name=wanted).update(query=query[:1000]):
        return
    if mine.count() >= MOST_VIEWS:
        raise TooManyViews
    SavedView.objects.create(
        id=new_id(),
        organisation_id=actor.organisation_id,
        person_id=person_id,
        listing=listing,
        name=wanted,
        query=query[:1000],
        created_at=now,
    )


def delete_view(*, actor: Actor, view_id: UUID) -> bool:
    """Whether there was one of the actor's own with this id."""
    person_id = _person(actor)
    deleted, _rows = SavedView.objects.filter(
        organisation_id=actor.organisation_id, person_id=person_id, pk=view_id
    ).delete()
    return bool(deleted)


def _person(actor: Actor) -> UUID:
    require(sees_stock(actor) and actor.kind is ActorKind.PERSON)
    assert actor.id is not None, "a person always has an id"
    return actor.id
