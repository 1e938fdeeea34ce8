"""Telling the platform what runs did: its front page shows the last one and its findings."""

from gewerk_client import ApiError

from gewerk_connect.ledger import Runs
from gewerk_connect.push import TakesReports, Target, TargetError
from gewerk_connect.report import run_body
from gewerk_connect.river import River
from gewerk_connect.sources import manifest


def hand_over(river: River, runs: Runs, target: Target, *, quietly: bool) -> bool | None:
    """Tells the platform what this run, and any it has not heard of, did. A failure here fails no run.

    None: the target wants no reports.
    """
    if not isinstance(target, TakesReports):
        return None
    try:
        waiting = runs.unposted()
        if not waiting or (quietly and target.server_time is None):
            return False
        integration = target.put_integration(
            {
                "external_id": river.connection.id,
                "kind": river.connection.source.kind,
                "name": river.connection.name,
                "erp_name": manifest(river.connection.source.kind).erp_name,
                "connector_url": river.connection.page_url,
            }
        )
        for run in waiting:
            target.post_run(integration, run_body(run, runs.findings(run.no)))
            runs.note(run.no, posted_at=river.now())
    except (ApiError, TargetError, KeyError):
        return False
    return True
