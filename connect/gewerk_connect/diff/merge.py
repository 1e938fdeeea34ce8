"""Sorted streams side by side: memory does not grow with the stock."""

from collections.abc import Iterator

from gewerk_connect.canonical import Judged
from gewerk_connect.diff.decide import Comparison, Keeps, Mark, decide, keeps_nothing
from gewerk_connect.diff.seen import Seen
from gewerk_connect.ledger import Confirmed, Intent

_NOTHING: Iterator[Seen] = iter(())


def compare(
    entity: str,
    judged: Iterator[Judged],
    known: Iterator[Confirmed],
    seen: Iterator[Seen] = _NOTHING,
    *,
    whole: bool = False,
    complete: bool = True,
    result: Comparison,
    keeps: Keeps = keeps_nothing,
) -> Iterator[Intent | Mark]:
    """What is to be done for one entity, in the order of its external ids.

    All three streams are sorted by ``external_id`` (code points). A record only the target knows is left alone.
    """
    source, ledger, target = next(judged, None), next(known, None), next(seen, None)
    while source is not None or ledger is not None:
        if ledger is None or (source is not None and source.external_id <= ledger.external_id):
            assert source is not None
            current = source.external_id
        else:
            current = ledger.external_id
        while target is not None and target.external_id < current:
            target = next(seen, None)
        decision = decide(
            entity,
            source if source is not None and source.external_id == current else None,
            ledger if ledger is not None and ledger.external_id == current else None,
            target if target is not None and target.external_id == current else None,
            whole=whole,
            complete=complete,
            result=result,
            keeps=keeps,
        )
        if decision is not None:
            yield decision
        if source is not None and source.external_id == current:
            source = next(judged, None)
        if ledger is not None and ledger.external_id == current:
            ledger = next(known, None)
