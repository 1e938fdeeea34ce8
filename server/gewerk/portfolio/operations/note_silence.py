"""Note in the journal that an integration has fallen silent: once per silence."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from gewerk.journal.actor import system
from gewerk.journal.models import Entry
from gewerk.journal.operations import record
from gewerk.portfolio.models import IntegrationRun
from gewerk.portfolio.queries.integration_trouble import heard_at, run_days, silent_since

SILENT = "integration.silent"


def note_silence(*, now: datetime) -> int:
    """Record ``integration.silent`` for each integration whose connector has reported no run for too long. Returns how many."""
    later = IntegrationRun.objects.filter(integration=OuterRef("integration"), number__gt=OuterRef("number"))
    last_runs = IntegrationRun.objects.filter(~Exists(later)).select_related("integration").defer("findings")
    days = run_days([run.integration_id for run in last_runs], now)
    noted = 0
    for run in last_runs:
        since = silent_since(run, days[run.integration_id], now)
        if since is None:
            continue
        with transaction.atomic():
            integration = run.integration
            known = Entry.objects.filter(
                organisation_id=integration.organisation_id,
                object_type="integration",
                object_id=integration.pk,
                event=SILENT,
                at__gt=heard_at(run),
            )
            if known.exists():
                continue
            record(
                actor=system(integration.organisation_id),
                event=SILENT,
                object_type="integration",
                object_id=integration.pk,
                now=now,
                data={"days": (now - since).days},
            )
            noted += 1
    return noted
