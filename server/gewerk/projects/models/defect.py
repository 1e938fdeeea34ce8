"""What was found wrong when the work was looked at."""

from django.db import models

from gewerk.identity.models import Person
from gewerk.kit.ids import new_id
from gewerk.projects.models.order import WorkOrder


class Defect(models.Model):
    """Mangel: to be mended by its deadline. Mended when the contractor reports the work as done again; then looked at anew."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="defects")
    number = models.PositiveSmallIntegerField()
    """Counts from 1 within the order."""
    text = models.TextField()
    due_date = models.DateField()
    reported_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    reported_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True)
    """The contractor says so."""
    accepted_at = models.DateTimeField(null=True)
    """The manager has looked at it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="one_defect_per_number")]
