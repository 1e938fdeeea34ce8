"""What is done at which price: the order's items and those of its variations."""

from django.db import models
from django.db.models import Q

from gewerk.firms.models import CostKind, FrameworkPrice
from gewerk.kit.ids import new_id
from gewerk.projects.models.order import WorkOrder
from gewerk.projects.models.spending import Variation


class OrderItem(models.Model):
    """One line. Amounts in minor units of the order's currency, net."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="items")
    variation = models.ForeignKey(Variation, on_delete=models.CASCADE, null=True, related_name="items")
    """Empty: the order's own scope."""
    position = models.PositiveSmallIntegerField()
    """Counts from 1 within the order or the variation."""
    kind = models.CharField(max_length=10, choices=CostKind, default=CostKind.LABOUR)
    text = models.CharField(max_length=500)
    quantity_thousandths = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    unit_price_minor = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    net_minor = models.BigIntegerField()
    """Quantity times price, rounded once."""
    framework_price = models.ForeignKey(FrameworkPrice, on_delete=models.PROTECT, null=True, related_name="+")
    """From which it was taken."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], condition=Q(variation__isnull=True), name="one_item_per_position"
            ),
            models.UniqueConstraint(fields=["variation", "position"], name="one_item_per_position_of_a_variation"),
        ]
