"""What the connector reports of its runs: counts and findings, never personal data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation
from gewerk.kit.ids import new_id


class Integration(models.Model):
    """One connection of an ERP, as the connector named it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    erp_name = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200)
    connector_url = models.URLField(blank=True)
    client_number = models.CharField(max_length=40, blank=True)
    """Of the key that made it known, where that is limited to one client (Mandant): such a key sees no others' runs."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "external_id"], name="one_integration_per_external_id")
        ]


class RunStatus(models.TextChoices):
    SUCCEEDED = "succeeded", _("finished")
    FAILED = "failed", _("failed")
    STOPPED_BY_FUSE = "stopped_by_fuse", _("stopped by the fuse")
    INTERRUPTED = "interrupted", _("interrupted")


class IntegrationRun(models.Model):
    """One run of the connector."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="runs")
    external_id = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    """Counts from 1 within the integration."""
    status = models.CharField(max_length=20, choices=RunStatus)
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    let_units = models.PositiveIntegerField(null=True)
    vacant_units = models.PositiveIntegerField(null=True)
    counts = models.JSONField(default=dict)
    skipped = models.JSONField(default=dict)
    findings_total = models.PositiveIntegerField(default=0)
    findings_by_code = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    """[{code, entity, external_id, file, row, column, detail}], at most 2,000."""
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "external_id"], name="one_run_per_external_id"),
            models.UniqueConstraint(fields=["integration", "number"], name="one_run_per_number"),
        ]
