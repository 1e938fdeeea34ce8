"""What a firm shows of itself to be vetted, who confirmed it, and where a manager went on in spite of something expired."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id


class EvidenceState(models.TextChoices):
    """Expired is no state: it follows from the day."""

    SUBMITTED = "submitted", _("is being checked")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")


class Evidence(models.Model):
    """One paper of a firm. Its file hangs on it as ``evidence`` in ``gewerk.files``. Never deleted: awards rest on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="evidence")
    country = models.CharField(max_length=2)
    """Whose catalogue knows the kind."""
    kind = models.CharField(max_length=40)
    trades = models.JSONField(default=list)
    """Codes of trades that a paper per trade names; empty for all others."""
    number = models.CharField(max_length=100, blank=True)
    issuer = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    """The last day; empty: without end."""
    insured_minor = models.BigIntegerField(null=True)
    """Sum insured, minor units of ``currency``."""
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=10, choices=EvidenceState, default=EvidenceState.SUBMITTED)
    reason = models.TextField(blank=True)
    """Why it was refused; the firm reads it."""
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="evidence_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(state=EvidenceState.SUBMITTED, decided_by__isnull=True)
                | Q(state__in=[EvidenceState.CONFIRMED, EvidenceState.REFUSED], decided_by__isnull=False),
                name="somebody_decided_on_decided_evidence",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                name="nobody_decides_on_own_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state=EvidenceState.REFUSED) | ~Q(reason=""), name="refused_evidence_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(insured_minor__isnull=True) | Q(insured_minor__gt=0), name="a_sum_insured_is_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "kind"], name="firms_evidence_of_firm"),
            models.Index(fields=["state", "submitted_at", "id"], name="firms_evidence_queue"),
            models.Index(fields=["state", "valid_until"], name="firms_evidence_expiry"),
        ]


class EvidenceReminder(models.Model):
    """A firm was told that a paper runs out: once per evidence and number of days before."""

    id = models.BigAutoField(primary_key=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="reminders")
    days = models.PositiveSmallIntegerField()
    """60, 30 or 7."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "days"], name="one_reminder_per_evidence_and_days")]


class GateOverride(models.Model):
    """A manager's administrator lets a firm take a service although something has expired. For that manager alone. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    service_code = models.CharField(max_length=40)
    kinds = models.JSONField()
    """The kinds of evidence that had expired; nothing else is let pass."""
    reason = models.TextField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    """Both days count."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_gate_override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="a_gate_override_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "firm", "service_code"], name="firms_override_of_service")]
