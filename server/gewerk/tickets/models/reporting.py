"""How people report without a login: links and QR codes, drafts, whom to call."""

from django.db import models

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.portfolio.models import Property, SubProperty


class ReportLink(models.Model):
    """An address under which anybody may report damage at one property or in one unit; printed as a QR code for the stairwell.

    The address is signed from the id (``links``), so the database holds no usable one. Rotating revokes it and makes another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="report_links")
    unit = models.ForeignKey(SubProperty, on_delete=models.PROTECT, null=True, related_name="report_links")
    """Set: for this flat alone; empty: for the whole building."""
    note = models.CharField(max_length=100, blank=True)
    """Where it hangs: ``Hauseingang links``."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["property", "revoked_at"], name="tickets_links_of_property")]


class ReportDraft(models.Model):
    """A report in the making: what was answered so far. Kept for a week, so that one may go on later; its photos hang on it
    as ``FileLink`` rows of object type ``report_draft``. Sent once, whatever is pressed twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey(ReportLink, on_delete=models.CASCADE, null=True, related_name="drafts")
    """Through which it is reported; empty: by a tenant who is logged in."""
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=5)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, null=True, related_name="+")
    """What became of it."""

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="tickets_draft_age")]


class ReportingSettings(models.Model):
    """What an organisation tells whoever reports."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    emergency_phone = models.CharField(max_length=40, blank=True)
    """Answered day and night; empty: the organisation's phone number."""
    office_opens = models.TimeField(null=True)
    office_closes = models.TimeField(null=True)
    """On working days; both empty: 8:00 to 16:00. Outside them the night rules of urgency count."""
