"""One table: services as the operator changed them, and as somebody referred to them."""

from django.db import models

from gewerk.identity.models import Person
from gewerk.kit.ids import new_id


class ServiceVersion(models.Model):
    """A whole service at one time. Append-only: an edit makes the next number, and old requests keep theirs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    """From 1, per country and code."""
    content = models.JSONField()
    """As ``queries.content_of`` writes it."""
    is_edit = models.BooleanField()
    """True: the operator's; it holds until the next. False: the delivered service, written down because somebody refers to it."""
    edited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code", "number"], name="one_service_version_per_number")
        ]
