"""The way of one record or field through the last run: ERP -> rule -> payload -> diff -> sent -> answer.

Puts the upper river's ``trace`` beside what the ledger remembers. It shows personal data: for the screen, never a log.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gewerk_connect.canonical import Entity
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.diff import changed_fields
from gewerk_connect.diff.decide import record_bytes
from gewerk_connect.ledger import Confirmed, Records, Store
from gewerk_connect.ledger.records import Sent
from gewerk_connect.messages import say
from gewerk_connect.push import Shape
from gewerk_connect.stock import Step, Trace


@dataclass(slots=True, frozen=True)
class Explanation:
    """Every stop of one record; ``field`` narrows it to one field of the payload."""

    entity: str
    external_id: str
    field: str | None
    trace: Trace | None
    wanted: dict[str, Any] | None
    known: Confirmed | None
    confirmed: dict[str, Any] | None
    sent: Sent | None
    before: dict[str, Any] | None
    """What was confirmed before that was sent."""
    source_moved: bool
    """The source is no longer what the last run read."""

    def steps(self) -> list[Step]:
        if self.trace is None:
            return []
        return self.trace.field(self.field) if self.field else self.trace.steps

    def differences(self) -> list[str]:
        """Fields in which the source now differs from what the target last confirmed."""
        return self._narrow(changed_fields(self.confirmed, self.wanted)) if self.wanted and self.confirmed else []

    def sent_changes(self) -> list[str]:
        """Fields that the last sending changed; all that were filled when it was the first."""
        if self.sent is None or self.sent.action == "archive":
            return []
        return self._narrow(changed_fields(self.before, self.sent.payload))

    def _narrow(self, names: list[str]) -> list[str]:
        names = [name for name in names if name not in ("external_id", "type")]
        field = self.field
        return [n for n in names if n == field or n.startswith(f"{field}.")] if field else names

    def as_json(self) -> dict[str, Any]:
        trace, sent = self.trace, self.sent
        return {
            "entity": self.entity,
            "external_id": self.external_id,
            "field": self.field,
            "source_moved": self.source_moved,
            "erp": [
                {"table": row.table, "file": row.file, "row": row.row, "columns": self.columns(row.file, row.columns)}
                for row in (trace.rows if trace else [])
            ],
            "rules": [
                {"field": s.field, "columns": list(s.columns), "raw": s.raw, "rule": s.rule, "value": s.value}
                for s in self.steps()
            ],
            "verdict": (
                {"verdict": trace.judged.verdict.value, "reason": trace.judged.reason, "notes": trace.notes}
                if trace
                else None
            ),
            "payload": pick(self.wanted, self.field),
            "diff": {
                "state": self.known.state if self.known else None,
                "confirmed": pick(self.confirmed, self.field),
                "fields": self.differences(),
            },
            "sent": (
                {
                    "run": sent.run_no,
                    "action": sent.action,
                    "reason": sent.reason,
                    "payload": pick(sent.payload, self.field),
                    "fields": self.sent_changes(),
                }
                if sent
                else None
            ),
            "answer": {"status": sent.status, "problem": sent.problem} if sent and sent.status else None,
        }

    def columns(self, file: str, columns: Mapping[str, str]) -> dict[str, str]:
        """A row's columns that feed the field; all of them when the whole record is asked for."""
        if self.field is None:
            return dict(columns)
        wanted = {column for step in self.steps() for column in step.columns}
        return {name: value for name, value in columns.items() if f"{file}:{name}" in wanted}


def explain(
    store: Store,
    trace: Trace | None,
    entity: Entity,
    external_id: str,
    field: str | None,
    *,
    source_moved: bool,
    shape: Shape | None = None,
) -> Explanation:
    """Raises ``SettingsError`` for a record nobody knows and for a field it does not have."""
    records = Records(store)
    known = records.one(entity, external_id)
    sent = records.last_sent(entity, external_id)
    if trace is None and known is None and sent is None:
        values = {"entity": entity.value, "external_id": external_id}
        raise SettingsError(
            "unknown_record", say("de", "unknown_record", **values), say("en", "unknown_record", **values)
        )
    wanted = None
    if trace is not None and trace.judged.record is not None:
        if shape is not None and (payload := trace.judged.payload) is not None:
            trace.judged.record = record_bytes(entity, external_id, shape.fits(entity, payload))
        wanted = orjson.loads(trace.judged.record)
    found = Explanation(
        entity=entity.value,
        external_id=external_id,
        field=field,
        trace=trace,
        wanted=wanted,
        known=known,
        confirmed=records.payload(known.intent) if known else None,
        sent=sent,
        before=records.payload(sent.previous) if sent else None,
        source_moved=source_moved,
    )
    _check_field(found)
    return found


def _check_field(found: Explanation) -> None:
    if found.field is None or found.steps():
        return
    names: set[str] = {step.field for step in found.trace.steps} if found.trace else set()
    for payload in (found.wanted, found.confirmed, found.sent.payload if found.sent else None):
        names |= set(flat(payload or {}))
    if any(name == found.field or name.startswith(f"{found.field}.") for name in names):
        return
    values = {"field": found.field, "fields": ", ".join(sorted(names))}
    raise SettingsError("unknown_field", say("de", "unknown_field", **values), say("en", "unknown_field", **values))


def flat(payload: Mapping[str, Any]) -> Iterator[str]:
    """Names of the fields, nested ones as ``address.street``."""
    for name, value in payload.items():
        if isinstance(value, dict) and value:
            yield from (f"{name}.{inner}" for inner in flat(value))
        else:
            yield name


def pick(payload: Mapping[str, Any] | None, field: str | None) -> Any:
    """A payload's field by its dotted name; the whole payload without one."""
    value: Any = payload
    for part in field.split(".") if field else ():
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def explanation_text(found: Explanation, language: str) -> Iterator[str]:
    """Line by line, one stop after the other."""
    yield f"{found.entity} {found.external_id}" + (f" {found.field}" if found.field else "")
    if found.source_moved:
        yield say(language, "source_moved")
    yield ""
    yield say(language, "explain_erp")
    trace = found.trace
    if trace is None:
        yield f"   {say(language, 'not_in_source')}"
    else:
        for row in trace.rows:
            columns = found.columns(row.file, row.columns)
            if columns or found.field is None:
                yield f"   {row.file}, {say(language, 'row', row=row.row)}"
                yield from (f"      {name} = {value!r}" for name, value in columns.items())
    yield ""
    yield say(language, "explain_rules")
    for step in found.steps():
        raw = "" if step.raw is None else f"{step.raw!r} "
        yield f"   {step.field}: {raw}-> {step.rule} -> {step.value!r}"
    yield ""
    yield say(language, "explain_verdict")
    if trace is not None:
        verdict = trace.judged.verdict.value
        yield f"   {say(language, f'verdict_{verdict}', reason=trace.judged.reason)}"
        yield from (f"   {note}" for note in trace.notes)
    yield ""
    yield say(language, "explain_payload")
    yield from _payload_lines(found.wanted, found.field)
    yield ""
    yield say(language, "explain_diff")
    yield f"   {_difference(found, language)}"
    if found.known:
        yield f"   {say(language, 'state_of', state=found.known.state)}"
    yield ""
    yield say(language, "explain_sent")
    yield from _sent_lines(found, language)
    yield ""
    yield say(language, "explain_answer")
    yield from _answer_lines(found.sent, language)


def _difference(found: Explanation, language: str) -> str:
    if found.confirmed is None:
        return say(language, "not_confirmed")
    names = found.differences()
    return say(language, "differs", fields=", ".join(names)) if names else say(language, "same_as_confirmed")


def _payload_lines(payload: Mapping[str, Any] | None, field: str | None) -> Iterator[str]:
    if payload is None:
        yield "   -"
        return
    for name in flat(payload):
        if field is None or name == field or name.startswith(f"{field}."):
            yield f"   {name} = {pick(payload, name)!r}"


def _sent_lines(found: Explanation, language: str) -> Iterator[str]:
    sent = found.sent
    if sent is None:
        yield f"   {say(language, 'nothing_sent')}"
        return
    yield f"   {say(language, 'run_of', run=sent.run_no, action=say(language, sent.action))}"
    if sent.reason:
        yield f"   {sent.reason}"
    for name in found.sent_changes():
        yield f"   {name}: {pick(found.before, name)!r} -> {pick(sent.payload, name)!r}"


def _answer_lines(sent: Sent | None, language: str) -> Iterator[str]:
    if sent is None or sent.status is None:
        yield f"   {say(language, 'no_answer')}"
        return
    yield f"   {sent.status}"
    if sent.problem:
        yield f"   {sent.problem.get('code')}: {sent.problem.get('detail') or ''}"
        errors = sent.problem.get("errors")
        for error in errors if isinstance(errors, list) else []:
            yield f"   {error.get('pointer')}: {error.get('message')}"
