"""Sends a run's intents: steps in order, several batches of a step in flight, receipts written by this thread alone."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import orjson
from gewerk_client import ApiError, Forbidden, NotFound, NotGewerk, Refused, Result, ServerFault, Unauthorized

from gewerk_connect.ledger import Batch, Outbox, Step
from gewerk_connect.ledger.outbox import Answer
from gewerk_connect.push.patience import Patience
from gewerk_connect.push.target import Target, TargetError, explain_error, resource_of


def push(
    outbox: Outbox,
    target: Target,
    run_id: str,
    *,
    patience: Patience,
    now: Callable[[], datetime],
    on_answered: Callable[[Step, int], None] = lambda _step, _count: None,
) -> None:
    """Sends everything planned and writes a receipt for each answer.

    A refused record is a receipt, no error. Raises ``TargetError`` when the target cannot be used; the answers that
    had come by then are kept.
    """
    in_flight = target.abilities.in_flight
    outbox.adopt(now())
    with ThreadPoolExecutor(in_flight, thread_name_prefix="push") as pool:
        for step in Step:
            if step is not Step.ADOPT and outbox.planned.get(step):
                batches = outbox.batches(step, target.abilities.batch_size)
                _push_step(pool, step, batches, outbox, target, run_id, patience, now, on_answered, in_flight)


def _push_step(
    pool: ThreadPoolExecutor,
    step: Step,
    batches: Iterator[Batch],
    outbox: Outbox,
    target: Target,
    run_id: str,
    patience: Patience,
    now: Callable[[], datetime],
    on_answered: Callable[[Step, int], None],
    in_flight: int,
) -> None:
    """A step ends before the next begins: a child must find its parent."""
    under_way: deque[tuple[Batch, Future[list[Answer]]]] = deque()
    failure: ApiError | TargetError | None = None

    def settle_oldest() -> None:
        nonlocal failure
        batch, future = under_way.popleft()
        try:
            answers = future.result()
        except (ApiError, TargetError) as error:
            failure = failure or error
            return
        outbox.receive(batch, answers, now())
        on_answered(step, len(batch))

    for batch in batches:
        under_way.append((batch, pool.submit(send_batch, target, batch, run_id, patience)))
        # one more than can be in flight: a thread that ends finds its next batch waiting
        if len(under_way) > in_flight:
            settle_oldest()
        if failure:
            break
    while under_way:
        settle_oldest()
    if isinstance(failure, ApiError):
        raise explain_error(failure, target) from failure
    if failure:
        raise failure


def send_batch(target: Target, batch: Batch, run_id: str, patience: Patience) -> list[Answer]:
    """One batch's answers, in order. What the server cannot take as a whole is halved until the culprit stands alone."""
    resource, _ = resource_of(batch.step.entity)
    verb = target.archive if batch.step.archives else target.upsert
    body = b'{"records":[' + b",".join(batch.payloads) + b"]}"
    # the same batch of the same run is the same request, however often it is sent
    key = f"{run_id}-{batch.first_seq}-{len(batch)}"
    try:
        results = patience.call(lambda: verb(resource, body, idempotency_key=key))
    except (Unauthorized, Forbidden, NotFound, NotGewerk):
        raise
    except (Refused, ServerFault) as error:
        if len(batch) == 1:
            return [_refused_alone(error)]
        first, second = batch.halves()
        return send_batch(target, first, run_id, patience) + send_batch(target, second, run_id, patience)
    return _answers(batch, results, target)


def _refused_alone(error: ApiError) -> Answer:
    problem = error.problem
    code = problem.code if problem else "refused"
    errors = [{"pointer": e.pointer, "code": e.code, "message": e.message} for e in problem.errors] if problem else []
    detail = (problem.detail or problem.title) if problem else None
    return Answer("rejected", orjson.dumps({"code": code, "detail": detail, "errors": errors}).decode())


def _answers(batch: Batch, results: list[Result], target: Target) -> list[Answer]:
    statuses = _ARCHIVE_STATUSES if batch.step.archives else _UPSERT_STATUSES
    if len(results) != len(batch) or any(
        result.get("external_id") != external_id or result.get("status") not in statuses
        for result, external_id in zip(results, batch.external_ids, strict=False)
    ):
        raise answer_does_not_fit(target)
    return [
        _rejected(result, statuses) if result["status"] == "rejected" else statuses[result["status"]]
        for result in results
    ]


def answer_does_not_fit(target: Target) -> TargetError:
    name = target.abilities.name
    return TargetError(
        "answer_does_not_fit",
        f"Die Antwort von {name} passt nicht zu den gesendeten Datensätzen. Prüfen Sie, ob zwischen Konnektor und"
        f" {name} ein Proxy Antworten verändert.",
        f"The answer of {name} does not fit the records sent. Check whether a proxy between connector and {name}"
        " changes answers.",
    )


def _rejected(result: Result, statuses: dict[str, Answer]) -> Answer:
    problem = result.get("problem") or {"code": "refused", "detail": None, "errors": []}
    if problem.get("code") == "not_found" and statuses is _ARCHIVE_STATUSES:
        return Answer("gone", None)
    return Answer("rejected", orjson.dumps(problem).decode())


_UPSERT_STATUSES = {
    "created": Answer("created", None),
    "updated": Answer("updated", None),
    "unchanged": Answer("unchanged", None),
    "rejected": Answer("rejected", None),
}
_ARCHIVE_STATUSES = {
    "archived": Answer("archived", None),
    # somebody archived it before, or an earlier run whose answer was lost
    "unchanged": Answer("archived", None),
    "rejected": Answer("rejected", None),
}
