"""What every record of the stock shares, and its history."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id


class Source(models.TextChoices):
    ERP = "erp", _("ERP")
    MANUAL = "manual", _("by hand")


class ArchiveReason(models.TextChoices):
    LEASE_ENDED = "lease_ended", _("Contract ended")
    VANISHED = "vanished", _("No longer in the ERP")
    FILTERED = "filtered", _("Excluded by a filter")
    MANUAL = "manual", _("Archived by hand")


class Record(models.Model):
    """Common columns. ``external_id`` is the ERP's composite id, unique per organisation and type (spec 01)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200, null=True)
    client_number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL)
    erp_fields = models.JSONField(default=list)
    """Columns that the ERP has sent: it leads for them (``leadership``)."""
    custom = models.JSONField(default=dict)
    search = models.TextField(blank=True)
    """Folded text of what the list finds (``kit.folding``), in both spellings."""
    version = models.PositiveIntegerField(default=1)
    """Counts changes; the ETag."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True


class FieldChange(models.Model):
    """History of one field of one record: before, after, who, when. Holds personal data, hence apart from the journal; erasable."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=20)
    """``property``, ``unit``, ``tenant`` or ``landlord``."""
    object_id = models.UUIDField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    field = models.CharField(max_length=60)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "object_type", "object_id", "-id"], name="portfolio_field_change_object"
            )
        ]


class OutsideReference(models.Model):
    """A number under which somebody else knows a property or unit (utility, insurer, land register)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=20)
    object_id = models.UUIDField()
    system = models.CharField(max_length=100)
    reference = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "object_type", "object_id", "system", "reference"], name="one_outside_reference"
            )
        ]


class SavedView(models.Model):
    """A list as somebody wants it again: its query string under a name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "listing", "name"], name="one_saved_view_per_name"
            )
        ]
