"""Sends a run's intents: steps in order, several batches of a step in flight, receipts written by this thread alone."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import orjson
from gewerk_client import ApiError, Forbidden, NotFound, NotGewerk, Refused, Result, ServerFault, Unauthorized

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.ledger import Batch, Outbox, Part, RunEnded, Step
from gewerk_connect.ledger.outbox import Answer
from gewerk_connect.push.patience import Patience
from gewerk_connect.push.target import Target, TargetError, explain_error, resource_of


class Leave(BaseException):
    """This process is told to end: what is under way is still answered, the rest is left to others."""


def push(
    outbox: Outbox,
    target: Target,
    run_id: str,
    *,
    patience: Patience,
    now: Callable[[], datetime],
    on_answered: Callable[[Step, int], None] = lambda _step, _count: None,
) -> None:
    """Sends everything planned, step by step: a child must find its parent.

    A refused record is a receipt, no error. Raises ``TargetError`` when the target cannot be used; the answers that
    had come by then are kept.
    """
    outbox.adopt(now())
    for step in Step:
        if step is not Step.ADOPT and outbox.planned.get(step):
            push_part(outbox, outbox.whole(step), target, run_id, patience=patience, now=now, on_answered=on_answered)


def push_part(
    outbox: Outbox,
    part: Part,
    target: Target,
    run_id: str,
    *,
    patience: Patience,
    now: Callable[[], datetime],
    on_answered: Callable[[Step, int], None] = lambda _step, _count: None,
    go_on: Callable[[], None] = lambda: None,
) -> None:
    """Sends what of a part has no answer yet and writes a receipt for each answer.

    Harmless when done twice, also at the same time. ``go_on`` is asked before each request and raises what is to end
    the sending (``Refusal``, ``Leave``). Raises ``RunEnded`` when the run was closed, ``TargetError`` as ``push`` does.
    """
    failure: ApiError | Refusal | Leave | None = None
    under_way: deque[tuple[Batch, Future[list[Answer]]]] = deque()

    def may_send() -> None:
        if not outbox.is_open():
            raise RunEnded
        go_on()

    def settle_oldest() -> None:
        nonlocal failure
        batch, future = under_way.popleft()
        try:
            answers = future.result()
        except (ApiError, Refusal, Leave) as error:
            failure = failure or error
            return
        outbox.receive(batch, answers, now())
        on_answered(part.step, len(batch))

    in_flight = target.abilities.in_flight
    with ThreadPoolExecutor(in_flight, thread_name_prefix="push") as pool:
        for batch in outbox.batches(part, target.abilities.batch_size):
            under_way.append((batch, pool.submit(send_batch, target, batch, run_id, patience, may_send)))
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


def send_batch(
    target: Target, batch: Batch, run_id: str, patience: Patience, may_send: Callable[[], None] = lambda: None
) -> list[Answer]:
    """One batch's answers, in order. What the server cannot take as a whole is halved until the culprit stands alone."""
    resource, _ = resource_of(batch.step.entity)
    verb = target.archive if batch.step.archives else target.upsert
    body = b'{"records":[' + b",".join(batch.payloads) + b"]}"
    # the same batch of the same run is the same request, however often it is sent
    key = f"{run_id}-{batch.first_seq}-{len(batch)}"

    def request() -> list[Result]:
        may_send()
        return verb(resource, body, idempotency_key=key)

    try:
        results = patience.call(request)
    except (Unauthorized, Forbidden, NotFound, NotGewerk):
        raise
    except (Refused, ServerFault) as error:
        if len(batch) == 1:
            return [_refused_alone(error)]
        first, second = batch.halves()
        return send_batch(target, first, run_id, patience, may_send) + send_batch(
            target, second, run_id, patience, may_send
        )
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
