"""Who may see a file: whoever may see an object that it is linked to. Each domain says so for its own objects."""

from collections.abc import Callable, Collection
from uuid import UUID

from gewerk.files.models import FileLink, StoredFile
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind

Viewer = Callable[[Actor, Collection[UUID]], set[UUID]]
"""Which of these objects the actor may see."""

VIEWERS: dict[str, Viewer] = {}
"""Object type -> who sees objects of it. A domain adds its own when the application starts; without one nobody sees the files."""


class FileNotFound(Refusal):
    """Not there, somebody else's, or linked only to what the actor may not see."""

    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def file_for(actor: Actor, file_id: UUID) -> FileLink:
    """A link through which the actor sees the file (with ``file`` loaded). Raises FileNotFound."""
    links = FileLink.objects.filter(file_id=file_id).select_related("file").order_by("id")
    by_type: dict[str, list[FileLink]] = {}
    for link in links:
        by_type.setdefault(link.object_type, []).append(link)
    for object_type, found in by_type.items():
        viewer = VIEWERS.get(object_type)
        seen = viewer(actor, {link.object_id for link in found}) if viewer else set()
        for link in found:
            if link.object_id in seen:
                return link
    raise FileNotFound


def own_file(organisation_id: UUID, file_id: UUID) -> StoredFile:
    """A file of the organisation, for linking it. Raises FileNotFound."""
    found = StoredFile.objects.filter(pk=file_id, organisation_id=organisation_id).first()
    if found is None:
        raise FileNotFound
    return found
