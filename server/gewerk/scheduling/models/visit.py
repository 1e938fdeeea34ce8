"""A visit, the slots that were offered for it, and its history."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.notice import Purpose
from gewerk.scheduling.states import OPEN, WITH_TIME, State


class Visit(models.Model):
    """Somebody comes for an order. At most one visit of an order is open at a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """The manager's, as the order's."""
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="visits")
    number = models.PositiveSmallIntegerField()
    """Counts from 1 within the order."""
    purpose = models.CharField(max_length=14, choices=Purpose, default=Purpose.REPAIR)
    state = models.CharField(max_length=12, choices=State.choices)
    state_at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)
    """Which round of slots counts now."""
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    fitter = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who of the contractor's people comes, where that is known."""
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    """When the reminder of the present time was given."""
    link_version = models.PositiveSmallIntegerField(default=1)
    """Signed into the tenant's link: counted up, older links open nothing."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_visit_per_number"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=sorted(OPEN)), name="one_open_visit_per_order"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="visit_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(WITH_TIME)) | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="an_agreed_visit_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "starts_at"], name="scheduling_by_time"),
            models.Index(fields=["organisation", "updated_at", "id"], name="scheduling_updated"),
            models.Index(
                fields=["starts_at"], name="scheduling_to_remind", condition=Q(state=State.AGREED, reminded_at=None)
            ),
        ]


class Slot(models.Model):
    """A time that somebody offered. Only those of the visit's present round count."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="slots")
    round = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    taken = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "round", "starts_at"], name="one_slot_per_time"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_slot_ends_after_it_began"),
        ]


class HistoryIsAppendOnly(Exception):
    """Somebody tried to change or delete what has happened."""


class _AppendedVisits(models.QuerySet["VisitEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise HistoryIsAppendOnly

    def delete(self) -> NoReturn:
        raise HistoryIsAppendOnly


class VisitEntry(models.Model):
    """One step of a visit: who, when, what, why. Never changed. Holds personal data, hence apart from the journal."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_organisation_id = models.UUIDField()
    party = models.CharField(max_length=10)
    """As whom: ``states.By``."""
    step = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    starts_at = models.DateTimeField(null=True)
    """The time that was agreed or given up by the step."""
    reason = models.TextField(blank=True)

    objects = _AppendedVisits.as_manager()

    class Meta:
        indexes = [models.Index(fields=["visit", "id"], name="scheduling_history")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise HistoryIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise HistoryIsAppendOnly
