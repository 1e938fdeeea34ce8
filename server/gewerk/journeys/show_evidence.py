"""A firm shows a paper with its files: the evidence and what proves it come together or not at all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gewerk.files.operations.link import link
from gewerk.files.operations.store import store
from gewerk.files.receive import Received
from gewerk.firms.models import Evidence
from gewerk.firms.operations.evidence import OBJECT, Paper, submit_evidence
from gewerk.journal.actor import Actor


def show_evidence(*, actor: Actor, firm_id: UUID, paper: Paper, files: Sequence[Received], now: datetime) -> Evidence:
    """Raises EvidenceIsInvalid, NoCatalogue, FORBIDDEN, StoreIsFull, NoSpace."""
    with transaction.atomic():
        made = submit_evidence(actor=actor, firm_id=firm_id, paper=paper, now=now)
        for received in files:
            file = store(actor=actor, received=received, now=now)
            link(
                actor=actor,
                file=file,
                object_type=OBJECT,
                object_id=made.pk,
                name=received.name,
                purpose="evidence",
                now=now,
            )
    return made
