"""Tables of files. Organisations are named by id only: the step of files lies below identity."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gewerk.kit.ids import new_id


class FileKind(models.TextChoices):
    IMAGE = "image", _("Photo")
    VIDEO = "video", _("Video")
    DOCUMENT = "document", _("Document")


class StoredFile(models.Model):
    """One content in the storage. The same bytes sent twice within an organisation are kept once; other organisations never share.

    Immutable. Without a link it is swept away (``operations.sweep``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=FileKind)
    media_type = models.CharField(max_length=100)
    """By content, never by name: ``image/jpeg`` for every photo, ``video/mp4``, ``application/pdf`` ..."""
    sha256 = models.CharField(max_length=64)
    """Hexadecimal, of the bytes as they were sent."""
    size = models.BigIntegerField()
    """Bytes of the kept original (without the variants)."""
    stored_bytes = models.BigIntegerField()
    """Bytes of the original and its variants: what counts against the organisation's limit."""
    width = models.PositiveIntegerField(null=True)
    """Pixels of a photo, upright."""
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    unlinked_at = models.DateTimeField(null=True)
    """Since when nothing links to it; empty while something does."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "sha256"], name="one_file_per_content"),
        ]
        indexes = [
            models.Index(fields=["unlinked_at"], name="files_unlinked", condition=models.Q(unlinked_at__isnull=False))
        ]


class FileLink(models.Model):
    """A file belongs to an object: a ticket, an order, a message, a draft of a report. The name is the link's, not the file's."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.UUIDField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="links")
    object_type = models.CharField(max_length=40)
    """As the journal names it: ``ticket``, ``work_order`` ..."""
    object_id = models.UUIDField()
    purpose = models.CharField(max_length=20, blank=True)
    """What it is there for, in the object's own words: ``report``, ``before``, ``after``, ``evidence`` ..."""
    name = models.CharField(max_length=200)
    """As people see it and as it is downloaded: without folders and control signs."""
    caption = models.CharField(max_length=300, blank=True)
    linked_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "object_type", "object_id", "purpose"], name="one_link_per_file_and_object"
            )
        ]
        indexes = [models.Index(fields=["object_type", "object_id", "id"], name="files_link_object")]


class StoreUse(models.Model):
    """How many bytes an organisation keeps, counted in the transaction that stores them, so that its limit holds under load."""

    organisation_id = models.UUIDField(primary_key=True)
    stored_bytes = models.BigIntegerField(default=0)
