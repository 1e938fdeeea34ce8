"""Calendar feeds: an address that a calendar program reads."""

from django.db import models
from django.db.models import Q

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id


class CalendarFeed(models.Model):
    """One person's visits of one organisation. The address is signed from the id, so the database holds no usable one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(revoked_at__isnull=True), name="one_live_feed_per_person"
            )
        ]
