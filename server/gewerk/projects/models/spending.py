"""Variations (Nachträge), approvals, and who may spend how much. Amounts in minor units, gross where not said otherwise."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person, Role
from gewerk.kit.ids import new_id
from gewerk.projects.models.order import AwardKind, WorkOrder


class VariationState(models.TextChoices):
    ASKED = "asked", _("waits for a decision")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Variation(models.Model):
    """Nachtrag: what turned out to be needed beyond the order. Its items are ``OrderItem`` rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="variations")
    number = models.PositiveSmallIntegerField()
    """Counts from 1 within the order."""
    reason = models.TextField()
    net_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=VariationState, default=VariationState.ASKED)
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_variation_per_number"),
            models.CheckConstraint(
                condition=~Q(state=VariationState.REFUSED) | ~Q(decision_reason=""), name="a_refused_variation_says_why"
            ),
        ]


class ApprovalState(models.TextChoices):
    ASKED = "asked", _("waits for a decision")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Approval(models.Model):
    """Somebody whose limit does not suffice asks for the award of an order, or for a variation of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="approvals")
    variation = models.ForeignKey(Variation, on_delete=models.PROTECT, null=True, related_name="approvals")
    """Empty: for the award."""
    amount_minor = models.BigIntegerField()
    """What the order would commit in all: a decision needs a limit of at least this."""
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    award_kind = models.CharField(max_length=10, choices=AwardKind, blank=True)
    """To whom, and on what ground, it is to be awarded; the approval awards it."""
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.ASKED)
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why it was refused."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state=ApprovalState.ASKED), name="one_open_approval_per_order"
            ),
            models.CheckConstraint(
                condition=~Q(state=ApprovalState.REFUSED) | ~Q(reason=""), name="a_refused_approval_says_why"
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="projects_approvals_open")]


class SpendingLimit(models.Model):
    """Up to which committed sum of an order a role decides alone. Without a row: ``operations.limits.USUAL``."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    amount_minor = models.BigIntegerField(null=True)
    """Minor units of the organisation's currency, gross; empty: without limit."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "role"], name="one_spending_limit_per_role")]
