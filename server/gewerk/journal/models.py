"""One table: the audit trail that is also the outbox."""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """Something that happened. Append-only; ``data`` never holds personal data (field names, numbers, ids only)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    organisation_id = models.UUIDField(null=True)
    """Empty only for what concerns the installation itself."""
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    event = models.CharField(max_length=60)
    """Dotted snake_case, as webhooks will name it: ``property.updated``."""
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, default="")
    due_at = models.DateTimeField(null=True)
    """When a listener should handle it next; empty: nobody listens, or done."""
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "object_type", "object_id", "-id"], name="journal_object"),
            models.Index(fields=["due_at"], name="journal_due", condition=Q(due_at__isnull=False)),
        ]
