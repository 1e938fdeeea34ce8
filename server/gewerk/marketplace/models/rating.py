"""What manager and tenant say of a finished order, and what the firm answers."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.projects.models import WorkOrder
from gewerk.tickets.models import Ticket


class RatedBy(models.TextChoices):
    MANAGER = "manager", _("the manager")
    TENANT = "tenant", _("the tenant")


FEWEST_STARS, MOST_STARS = 1, 5
ASPECTS = ("quality", "punctuality", "tidiness", "price_truth")
"""Columns of ``Rating`` that hold stars (spec 03)."""


def _stars(**more: Any) -> "models.PositiveSmallIntegerField[Any, Any]":
    return models.PositiveSmallIntegerField(
        validators=[MinValueValidator(FEWEST_STARS), MaxValueValidator(MOST_STARS)], **more
    )


def _within(name: str) -> Q:
    return Q(**{f"{name}__gte": FEWEST_STARS, f"{name}__lte": MOST_STARS})


class Rating(models.Model):
    """1 (very bad) to 5 stars (very good). Written once per side; the firm answers once. A tenant knows no price and rates none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="ratings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """The manager's."""
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rated_by = models.CharField(max_length=10, choices=RatedBy)
    quality = _stars()
    punctuality = _stars()
    tidiness = _stars()
    price_truth = _stars(null=True)
    """Is the bill what was agreed? Of the manager only."""
    text = models.TextField(blank=True)
    """Read by the manager and the firm."""
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    """Of the manager; empty for a key, and for a tenant, whose report says who it was."""
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="+")
    """The report of the tenant who rated."""
    rated_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "rated_by"], name="one_rating_per_order_and_side"),
            models.CheckConstraint(
                condition=_within("quality") & _within("punctuality") & _within("tidiness"),
                name="stars_are_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(rated_by=RatedBy.TENANT, price_truth__isnull=True)
                | Q(rated_by=RatedBy.MANAGER, price_truth__isnull=False) & _within("price_truth"),
                name="the_manager_alone_rates_the_price",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="an_answered_rating_has_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-rated_at"], name="marketplace_ratings_of_firm"),
            models.Index(fields=["organisation", "id"], name="marketplace_ratings_by_manager"),
        ]
