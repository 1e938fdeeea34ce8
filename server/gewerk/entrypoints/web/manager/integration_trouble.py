"""What pages say of an integration that needs somebody's eye: a matter that waits on the start page, a notice on Integrationen."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.waiting import MOST, Waiting
from gewerk.identity.access import opens_connector
from gewerk.portfolio.queries.integration_trouble import Trouble, integration_trouble


@dataclass(frozen=True, slots=True)
class Told:
    """A trouble in words."""

    trouble: Trouble
    title: str
    sentence: str
    action: str
    url: str


def troubles_told(reader: Reader) -> list[Told]:
    return [_told(reader, one) for one in integration_trouble(reader.actor, now=reader.formats.now)]


def integrations_that_wait(reader: Reader) -> list[Waiting]:
    """For those who may do something about it."""
    if not opens_connector(reader.actor):
        return []
    return [
        Waiting(
            title=told.title,
            note=told.trouble.integration.name,
            url=told.url,
            action=told.action,
            icon="plug-zap",
            since=told.trouble.since,
            pressing=told.trouble.kind != "failed",
        )
        for told in troubles_told(reader)[:MOST]
    ]


def _told(reader: Reader, trouble: Trouble) -> Told:
    run = reverse("integration_run", args=[trouble.integration.pk, trouble.run.pk])
    if trouble.kind == "silent":
        days = (reader.formats.now - trouble.since).days
        title = ngettext("No sync for %(n)s day", "No sync for %(n)s days", days) % {"n": reader.formats.number(days)}
        sentence = _("The connection may be paused, the connector switched off, or it cannot reach Gewerk.")
        return Told(trouble, title, sentence, _("Look at it"), reverse("integration", args=[trouble.integration.pk]))
    if trouble.kind == "stopped_by_fuse":
        title = _("Sync stopped: too many records would be archived")
        sentence = _("Nothing was sent. If the export is right, confirm it on the connector's page.")
        return Told(trouble, title, sentence, _("Check it"), run)
    sentence = trouble.run.message or _("The run says why.")
    return Told(trouble, _("Sync failed"), sentence, _("Look at the run"), run)
