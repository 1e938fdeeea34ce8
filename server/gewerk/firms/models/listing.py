"""What a manager holds of a firm: its own list and the prices agreed. No other manager sees it, nor does the firm see its standing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation
from gewerk.kit.ids import new_id


class Standing(models.TextChoices):
    PREFERRED = "preferred", _("preferred")
    APPROVED = "approved", _("admitted")
    BLOCKED = "blocked", _("blocked")


class CostKind(models.TextChoices):
    """What the money is for. §35a EStG favours labour with machines and travel, not material."""

    LABOUR = "labour", _("Labour")
    TRAVEL = "travel", _("Travel and machines")
    MATERIAL = "material", _("Material")
    OTHER = "other", _("Other")


class ListedFirm(models.Model):
    """A firm on a manager's own list. Never deleted: orders speak of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="listed_firms")
    """The manager."""
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="listings")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.APPROVED)
    blocked_reason = models.TextField(blank=True)
    supplier_number = models.CharField(max_length=40, blank=True)
    """Kreditorennummer: under which the ERP knows the firm."""
    note = models.TextField(blank=True)
    """Internal."""
    search = models.TextField(blank=True)
    """Folded text that the list's search finds: name, place, supplier number, trades."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "firm"], name="one_listing_per_firm"),
            models.CheckConstraint(
                condition=~Q(standing=Standing.BLOCKED) | ~Q(blocked_reason=""), name="a_blocked_firm_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "updated_at", "id"], name="firms_listed_updated")]


class FrameworkPrice(models.Model):
    """A price agreed with a firm for a service, between two days, both inclusive. Ended, never deleted: items speak of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="framework_prices")
    trade = models.CharField(max_length=30, blank=True)
    code = models.CharField(max_length=40)
    """Of the service, as manager and firm agreed; at most one price per code on any day."""
    text = models.CharField(max_length=500)
    unit = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=CostKind, default=CostKind.LABOUR)
    net_minor = models.BigIntegerField()
    """Minor units of ``currency`` per unit, net."""
    currency = models.CharField(max_length=3)
    vat_basis_points = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    """The last day; empty: open."""
    search = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(net_minor__gte=0), name="a_framework_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="a_framework_price_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "firm", "code", "valid_from"], name="firms_price_by_code")]
