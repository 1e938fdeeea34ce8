"""Has the target give records other ids: batch by batch, with nothing in the outbox, for asking again does no harm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gewerk_client import ApiError, Result

from gewerk_connect.push.patience import Patience
from gewerk_connect.push.sender import answer_does_not_fit
from gewerk_connect.push.target import Target, explain_error, resource_of

_STATUSES = ("renamed", "unchanged", "rejected")


@dataclass(slots=True)
class Renamed:
    """What came of the records of one entity."""

    renamed: int = 0
    unchanged: int = 0
    """Renamed by an earlier call, or named alike with both separators."""
    missing: int = 0
    """Records the target does not have."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(old id, code of the problem)."""


def rename(
    target: Target,
    entity: str,
    moves: Sequence[tuple[str, str]],
    patience: Patience,
    on_answered: Callable[[int], None],
) -> Renamed:
    """``moves``: (old id, new id). Raises ``TargetError`` when the target cannot be used; repeating completes it."""
    resource, kind = resource_of(entity)
    outcome = Renamed()
    typed = {"type": kind} if kind else {}
    size = target.abilities.batch_size
    for start in range(0, len(moves), size):
        batch = moves[start : start + size]
        records = [{"external_id": old, "new_external_id": new, **typed} for old, new in batch]
        try:
            results = patience.call(lambda records=records: target.rename(resource, records))  # type: ignore[misc]
        except ApiError as error:
            raise explain_error(error, target) from error
        _count(outcome, batch, results, target)
        on_answered(len(batch))
    return outcome


def _count(outcome: Renamed, batch: Sequence[tuple[str, str]], results: Sequence[Result], target: Target) -> None:
    if len(results) != len(batch) or any(
        result.get("external_id") != old or result.get("status") not in _STATUSES
        for result, (old, _) in zip(results, batch, strict=True)
    ):
        raise answer_does_not_fit(target)
    for result, (old, _) in zip(results, batch, strict=True):
        problem = result.get("problem")
        code = problem["code"] if problem else "refused"
        if result["status"] == "renamed":
            outcome.renamed += 1
        elif result["status"] == "unchanged":
            outcome.unchanged += 1
        elif code == "not_found":
            outcome.missing += 1
        else:
            outcome.refused.append((old, code))
