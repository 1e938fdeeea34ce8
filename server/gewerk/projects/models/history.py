"""What happened to an order."""

from typing import Any, NoReturn

from django.db import models

from gewerk.projects.models.order import WorkOrder


class HistoryIsAppendOnly(Exception):
    """Somebody tried to change or delete what has happened."""


class _Appended(models.QuerySet["HistoryEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise HistoryIsAppendOnly

    def delete(self) -> NoReturn:
        raise HistoryIsAppendOnly


class HistoryEntry(models.Model):
    """One step or change: who, when, what, why. Never changed. Holds personal data, hence apart from the journal."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    """``person``, ``key`` or ``system``."""
    actor_id = models.UUIDField(null=True)
    actor_organisation_id = models.UUIDField()
    """For whom the actor acted: the manager, or the firm."""
    event = models.CharField(max_length=40)
    """A step of ``states.STEPS``, or ``created``, ``changed``, ``items_changed``, ``variation_asked`` ... (``operations.history``)."""
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    """Both empty for what changed no state."""
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    internal = models.BooleanField(default=False)
    """Never shown to the contractor."""

    objects = _Appended.as_manager()

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="projects_history")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise HistoryIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise HistoryIsAppendOnly
