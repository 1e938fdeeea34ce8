"""What a firm offers. Fetched through ``access.quotes`` only: no other table leads to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation
from gewerk.kit.ids import new_id
from gewerk.marketplace.models.request import Invitation, QuoteRequest, RequestItem
from gewerk.marketplace.states import QuoteState


class Pricing(models.TextChoices):
    ITEMS = "items", _("per item")
    LUMP_SUM = "lump_sum", _("lump sum")


class Quote(models.Model):
    """One version of a firm's offer: at most one draft and one submitted per invitation. Amounts in minor units of ``currency``.

    No table leads here by a name (``related_name="+"``), so that a price is not reached by accident from a request.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(QuoteRequest, on_delete=models.PROTECT, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    """Counts the versions of the invitation from 1."""
    state = models.CharField(max_length=12, choices=QuoteState, default=QuoteState.DRAFT)
    pricing = models.CharField(max_length=10, choices=Pricing, default=Pricing.ITEMS)
    currency = models.CharField(max_length=3)
    discount_basis_points = models.PositiveIntegerField(default=0)
    """Nachlass on the net sum of each rate."""
    discount_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    """After the discount."""
    vat_minor = models.BigIntegerField(default=0)
    gross_minor = models.BigIntegerField(default=0)
    """Net and VAT add up to it (``sums``)."""
    start_date = models.DateField(null=True)
    duration_days = models.PositiveSmallIntegerField(null=True)
    """Working days."""
    valid_until_date = models.DateField(null=True)
    """The last day on which the firm is bound."""
    conditions = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    not_awarded_reason = models.TextField(blank=True)
    """What the firm is told."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="one_quote_per_number"),
            models.UniqueConstraint(
                fields=["invitation"], condition=Q(state=QuoteState.DRAFT), name="one_draft_per_invitation"
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state__in=[QuoteState.SUBMITTED, QuoteState.AWARDED, QuoteState.NOT_AWARDED]),
                name="one_live_quote_per_invitation",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state=QuoteState.AWARDED), name="one_awarded_quote_per_request"
            ),
            models.CheckConstraint(
                condition=Q(gross_minor=models.F("net_minor") + models.F("vat_minor")), name="a_quote_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(discount_basis_points__lte=10_000), name="a_discount_is_at_most_everything"
            ),
        ]


class QuoteLine(models.Model):
    """A price: for an item of the request, for the whole (lump sum), or for something the firm proposes beside it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(RequestItem, on_delete=models.PROTECT, null=True, related_name="+")
    """Empty: the lump sum, or the firm's own alternative."""
    own_alternative = models.BooleanField(default=False)
    """Proposed beside what was asked; not counted."""
    text = models.TextField(blank=True)
    """The firm's own words; empty: as asked."""
    quantity_thousandths = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    unit_price_minor = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    net_minor = models.BigIntegerField()
    """Quantity times price, rounded once, before the discount."""
    counted = models.BooleanField()
    """Part of the total: not of optional and alternative items."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="one_quote_line_per_position"),
            models.UniqueConstraint(
                fields=["quote", "item"], condition=Q(item__isnull=False), name="one_price_per_item"
            ),
        ]
