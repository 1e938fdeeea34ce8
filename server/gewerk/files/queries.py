"""What is linked to an object."""

from collections.abc import Collection
from uuid import UUID

from gewerk.files.models import FileLink


def files_of(object_type: str, object_id: UUID, *, purposes: Collection[str] | None = None) -> list[FileLink]:
    """The object's links in the order they were made, each with its file: one query."""
    rows = FileLink.objects.filter(object_type=object_type, object_id=object_id)
    if purposes is not None:
        rows = rows.filter(purpose__in=purposes)
    return sorted(rows.select_related("file"), key=lambda link: link.pk)


def files_of_many(object_type: str, ids: Collection[UUID]) -> dict[UUID, list[FileLink]]:
    """As ``files_of``, for several objects in one query."""
    found: dict[UUID, list[FileLink]] = {}
    rows = FileLink.objects.filter(object_type=object_type, object_id__in=ids).select_related("file").order_by("id")
    for link in rows:
        found.setdefault(link.object_id, []).append(link)
    return found


def count_of_many(object_type: str, ids: Collection[UUID]) -> dict[UUID, int]:
    """How many files hang on each object, for lists."""
    counts: dict[UUID, int] = {}
    for object_id in FileLink.objects.filter(object_type=object_type, object_id__in=ids).values_list(
        "object_id", flat=True
    ):
        counts[object_id] = counts.get(object_id, 0) + 1
    return counts
