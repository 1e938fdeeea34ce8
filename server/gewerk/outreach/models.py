"""Mails that the journal promised."""

from django.db import models

from gewerk.identity.models import Organisation
from gewerk.kit.ids import new_id


class Mail(models.Model):
    """One mail to one address. ``sent_at`` empty and ``next_try_at`` set: waits; a demo installation shows it instead of sending."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry_id = models.BigIntegerField()
    """The journal entry that promised it."""
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    recipient = models.EmailField()
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    calendar = models.BinaryField(default=b"")
    """An iCalendar file that goes along (a visit); empty: none. Gone like the text once the mail is sent."""
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "recipient"], name="one_mail_per_entry_and_recipient")
        ]
        indexes = [models.Index(fields=["next_try_at"], name="outreach_mail_due")]
