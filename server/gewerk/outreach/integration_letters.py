"""Letters about the connector: a run that failed, one that the fuse stopped, an integration that has fallen silent.

Each matter once: a failure that repeats itself is told again only after a run that went through, or for another reason.
"""

from collections.abc import Iterable
from datetime import datetime

from gewerk.identity.models import Membership, Organisation, Role
from gewerk.journal.models import Entry
from gewerk.outreach.letters import Letter, address, language_of, object_id
from gewerk.portfolio.models import Integration, IntegrationRun, RunStatus
from gewerk.portfolio.queries.integration_trouble import heard_at, run_before


def run_failed(entry: Entry, now: datetime) -> Iterable[Letter]:
    return _about_run(entry, now, RunStatus.FAILED, "integration_run_failed")


def run_stopped_by_fuse(entry: Entry, now: datetime) -> Iterable[Letter]:
    return _about_run(entry, now, RunStatus.STOPPED_BY_FUSE, "integration_run_stopped")


def _about_run(entry: Entry, now: datetime, status: RunStatus, template: str) -> Iterable[Letter]:  # noqa: ARG001
    run = IntegrationRun.objects.select_related("integration__organisation").filter(pk=object_id(entry)).first()
    if run is None or run.status != status or _told_before(entry):
        return
    before = run_before(run)
    if before is not None and before.status == status and (status != RunStatus.FAILED or before.message == run.message):
        return
    context = {
        "integration_name": run.integration.name,
        "erp_name": run.integration.erp_name,
        "at": run.finished_at or run.started_at,
        "message": run.message,
        "url": address(f"/integrations/{run.integration_id}/runs/{run.pk}/"),
    }
    yield from _to_administrators(run.integration.organisation, template, context)


def _told_before(entry: Entry) -> bool:
    """The same run may be reported again."""
    earlier = Entry.objects.filter(
        organisation_id=entry.organisation_id,
        object_type=entry.object_type,
        object_id=entry.object_id,
        event=entry.event,
        pk__lt=entry.pk,
    )
    return earlier.exists()


def silent(entry: Entry, now: datetime) -> Iterable[Letter]:
    integration = Integration.objects.select_related("organisation").filter(pk=object_id(entry)).first()
    if integration is None:
        return
    last = integration.runs.defer("findings").order_by("-number").first()
    if last is None or heard_at(last) > entry.at:
        return  # heard of meanwhile
    context = {
        "integration_name": integration.name,
        "erp_name": integration.erp_name,
        "days": (now - heard_at(last)).days,
        "at": heard_at(last),
        "url": address(f"/integrations/{integration.pk}/"),
    }
    yield from _to_administrators(integration.organisation, "integration_silent", context)


def _to_administrators(organisation: Organisation, template: str, context: dict[str, object]) -> Iterable[Letter]:
    admins = Membership.objects.filter(
        organisation=organisation, role=Role.ADMIN, ended_at__isnull=True, person__is_active=True
    ).select_related("person")
    for recipient, language in sorted({(m.person.email, language_of(m.person, organisation)) for m in admins}):
        yield Letter(recipient, language, template, organisation, context)
