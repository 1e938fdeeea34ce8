"""What was done: captured on the phone, possibly without network, and sent when there is one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.firms.models import CostKind
from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.models.visit import Visit


class CaptureState(models.TextChoices):
    RECEIVING = "receiving", _("being sent")
    """Photos are still to come; counts for nothing yet."""
    WHOLE = "whole", _("complete")


class Completion(models.Model):
    """One report of work. Its photos are ``FileLink`` rows of object type ``completion``, purpose ``before``, ``during`` or ``after``;
    the signature is one of purpose ``signature``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    """Chosen by the phone when it is captured: however often it is sent, it arrives once."""
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """The manager's."""
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="completions")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="completions")
    sent_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_for_id = models.UUIDField()
    """The organisation for which they acted: the firm, or the manager."""
    state = models.CharField(max_length=10, choices=CaptureState, default=CaptureState.RECEIVING)
    captured_at = models.DateTimeField()
    """When it was captured, with the phone's clock put right (``operations.capture``)."""
    clock_off_seconds = models.IntegerField(default=0)
    """By how much the phone's clock was ahead when it was sent."""
    received_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True)
    finishes = models.BooleanField(default=True)
    """The work is done; else only this day's part."""
    text = models.TextField(blank=True)
    checklist = models.JSONField(default=list)
    """[{"text": str, "done": bool}]"""
    minutes = models.PositiveIntegerField(default=0)
    """Working time."""
    signed_by = models.CharField(max_length=200, blank=True)
    expected_files = models.JSONField(default=list)
    """[{"sha256", "purpose", "name"}]: complete when each has arrived."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CaptureState.RECEIVING) | Q(whole_at__isnull=False),
                name="a_whole_completion_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["order", "captured_at"], name="scheduling_completions")]


class CompletionItem(models.Model):
    """Material or travel that was used. Quantity in thousandths of the unit; prices are the order's and the invoice's matter."""

    id = models.BigAutoField(primary_key=True)
    completion = models.ForeignKey(Completion, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=CostKind, default=CostKind.MATERIAL)
    text = models.CharField(max_length=300)
    quantity_thousandths = models.BigIntegerField()
    unit = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["completion", "position"], name="one_completion_item_per_position")
        ]
