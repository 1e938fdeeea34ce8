"""``/_sim``: orders faults, sets the rate, changes rows, counts requests. For people and tests, open to whoever asks."""

from collections.abc import Callable, Collection
from typing import Any

import orjson

from gewerk_connect.sim.faults import ANY, HIDING, KINDS, RETRYABLE, Fault, Rate
from gewerk_connect.sim.request import Answer, Refused, Request
from gewerk_connect.sim.simulator import Simulator
from gewerk_connect.sim.table import Table, WrongChange


def answer_by_hand(simulator: Simulator, request: Request) -> Answer:
    try:
        return _answer(simulator, request)
    except (Refused, WrongChange) as error:
        return Answer.json(error.status, {"status": error.status, "message": str(error)})


def _answer(simulator: Simulator, request: Request) -> Answer:
    match request.method, request.parts[1:]:
        case "POST", ("faults",):
            simulator.faults.add(_fault(simulator, _sent(request)))
            return Answer.json(201, {})
        case "DELETE", ("faults",):
            simulator.faults.clear()
            return Answer.json(200, {})
        case "POST", ("rate",):
            simulator.faults.set_rate(rate_of(_sent(request)))
            return Answer.json(200, {})
        case "GET", ("requests",):
            return Answer.json(200, simulator.counts())
        case (("PATCH" | "DELETE" | "POST"), ("rows", name)):
            table = simulator.change(name, _change(request.method, _sent(request)))
            return Answer.json(200, {"table": name, "rows": len(table.rows)})
    raise Refused(404, "there is nothing to be done here (see DIALECTS.md)")


def _sent(request: Request) -> dict[str, Any]:
    try:
        sent = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        sent = None
    if not isinstance(sent, dict):
        raise Refused(400, "a JSON object is needed")
    return sent


def _change(method: str, sent: dict[str, Any]) -> Callable[..., Table]:
    match method:
        case "PATCH":
            return lambda table, at: table.with_change(sent.get("key"), sent.get("set"), at)
        case "DELETE":
            return lambda table, at: table.without(sent.get("key"), at)
    return lambda table, at: table.with_row(sent.get("row"), at)


def _fault(simulator: Simulator, sent: dict[str, Any]) -> Fault:
    known = {"dialect", "resource", "fault", "times", "skip", "seconds", "retry_after", "object"}
    _only(sent, known)
    kind = _one_of(sent.get("fault"), KINDS, "fault")
    dialect = _one_of(sent.get("dialect", ANY), {*simulator.dialects, ANY}, "dialect")
    resources = {name for one in simulator.dialects.values() if dialect in (ANY, one.kind) for name in one.resources}
    place = None
    if kind in HIDING:
        client, slash, building = str(sent.get("object", "")).partition("/")
        place = (client, building)
        if not slash or not simulator.export.has(place):
            raise Refused(400, "object is client/building of the data set, and there must be such a building")
    return Fault(
        kind,
        dialect,
        _one_of(sent.get("resource", ANY), {*resources, ANY}, "resource"),
        times=None if sent.get("times", 1) is None else _count(sent, "times", 1, least=1),
        skip=_count(sent, "skip", 0),
        seconds=_seconds(sent, 1.0),
        retry_after=_count(sent, "retry_after", 1),
        place=place,
    )


def rate_of(sent: dict[str, Any]) -> Rate:
    """Raises ``Refused`` for what is no rate."""
    _only(sent, {"rate", "seed", "faults", "retry_after", "seconds"})
    share = sent.get("rate")
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise Refused(400, "rate is a number from 0 to 1")
    kinds = sent.get("faults", list(RETRYABLE))
    if not isinstance(kinds, list) or not kinds:
        raise Refused(400, "faults is a list of faults")
    chosen = tuple(_one_of(kind, KINDS - HIDING, "faults") for kind in kinds)
    seed = _count(sent, "seed", 0)
    return Rate(float(share), seed, chosen, _count(sent, "retry_after", 0), _seconds(sent, 0.05))


def _only(sent: dict[str, Any], known: Collection[str]) -> None:
    if unknown := set(sent) - set(known):
        raise Refused(400, f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")


def _one_of(value: object, known: Collection[str], name: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise Refused(400, f"{name} is one of {', '.join(sorted(known))}")
    return value


def _count(sent: dict[str, Any], name: str, default: int, *, least: int = 0) -> int:
    value = sent.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Refused(400, f"{name} is a whole number from {least}")
    return value


def _seconds(sent: dict[str, Any], default: float) -> float:
    value = sent.get("seconds", default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 600:
        raise Refused(400, "seconds is a number from 0 to 600")
    return float(value)
