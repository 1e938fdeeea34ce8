"""What is linked to an object."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from django.db.models import CharField, UUIDField

from gewerk.files.models import FileLink
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared

_links = prepared(
    lambda: FileLink.objects.filter(
        object_type=Given("type", CharField()), object_id=Given("object", UUIDField())
    ).select_related("file")
)
_linked_to = prepared(
    lambda: FileLink.objects.filter(
        object_type=Given("type", CharField()), object_id__among=GivenMany("objects", UUIDField())
    ).values_list("object_id", flat=True)
)


def files_of(object_type: str, object_id: UUID, *, purposes: Collection[str] | None = None) -> list[FileLink]:
    """The object's links in the order they were made, each with its file: one query."""
    rows = _links(type=object_type, object=object_id)
    return sorted((one for one in rows if purposes is None or one.purpose in purposes), key=lambda link: link.pk)


def files_of_many(object_type: str, ids: Collection[UUID]) -> dict[UUID, list[FileLink]]:
    """As ``files_of``, for several objects in one query."""
    found: dict[UUID, list[FileLink]] = {}
    rows = FileLink.objects.filter(object_type=object_type, object_id__in=ids).select_related("file").order_by("id")
    for link in rows:
        found.setdefault(link.object_id, []).append(link)
    return found


def count_of_many(object_type: str, ids: Collection[UUID]) -> dict[UUID, int]:
    """How many files hang on each object, for lists."""
    return Counter(_linked_to(type=object_type, objects=ids))
