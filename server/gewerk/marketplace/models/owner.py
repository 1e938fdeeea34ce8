"""When an owner has to agree to an award, and whether they did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.marketplace.models.quote import Quote
from gewerk.marketplace.models.request import QuoteRequest


class OwnerRule(models.Model):
    """From which sum on an owner has to agree. Without a row: never."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    from_minor = models.BigIntegerField()
    """Gross, minor units of the organisation's currency."""


class OwnerApprovalState(models.TextChoices):
    ASKED = "asked", _("waits for a decision")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


class OwnerApproval(models.Model):
    """An owner is asked to agree to one quote; decides by the link of the mail. One open question per request."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(QuoteRequest, on_delete=models.PROTECT, related_name="owner_approvals")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    """Gross of the quote, to which the owner agrees."""
    owner_name = models.CharField(max_length=200)
    owner_email = models.EmailField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=OwnerApprovalState, default=OwnerApprovalState.ASKED)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state=OwnerApprovalState.ASKED), name="one_open_owner_approval"
            )
        ]
