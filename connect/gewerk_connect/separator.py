"""Another separator after go-live (spec 01, rule 7): every record gets its new id in the target and stays the record it was.

Owns the preview and the change. Never reads the source: the ledger holds each record's key, and an id is made of it.
The order matters: that a change began is on disk, then the target renames, then the ledger in one transaction. Whatever
kills it, repeating completes it; until then ``plan`` and ``apply`` refuse, for they would send records twice.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from gewerk_connect.canonical import PUSH_ORDER
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.diff import TargetView
from gewerk_connect.diff.fields import digest, held_differs, payload_bytes
from gewerk_connect.ledger import Records, Runs, Store, open_store
from gewerk_connect.ledger.outbox import GROUP
from gewerk_connect.ledger.renaming import REFERENCES, Renaming
from gewerk_connect.messages import say
from gewerk_connect.push import Patience, Target, TargetError, authorize, read_target
from gewerk_connect.push.renamer import Renamed, rename
from gewerk_connect.river import Doing, Progress, alone, silent, unfinished_change
from gewerk_connect.settings import SEPARATORS, Connection

ENTITIES = (GROUP, *(entity.value for entity in PUSH_ORDER))
EXAMPLES = 3
"""Records named of each kind."""


@dataclass(slots=True)
class Change:
    """What a change would do, or did."""

    old: str
    new: str
    status: str
    """``planned``, ``done``, or ``already`` when the ids have this separator."""
    configured: str
    """The separator that the configuration names."""
    rename: dict[str, int] = field(default_factory=dict)
    """Entity -> records whose id changes."""
    examples: list[tuple[str, str, str]] = field(default_factory=list)
    """(entity, old id, new id)."""
    taken: list[tuple[str, str]] = field(default_factory=list)
    """(entity, new id) that another record of the target already has."""
    renamed: dict[str, Renamed] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        counts: dict[str, dict[str, int]] = {entity: {"rename": count} for entity, count in self.rename.items()}
        for entity, of in self.renamed.items():
            counts[entity] |= {"renamed": of.renamed, "unchanged": of.unchanged, "missing": of.missing}
        return {
            "from": self.old,
            "to": self.new,
            "status": self.status,
            "configured": self.configured,
            "counts": counts,
            "examples": [{"entity": e, "external_id": old, "new_external_id": new} for e, old, new in self.examples],
            "taken": [{"entity": e, "external_id": external_id} for e, external_id in self.taken],
        }


@dataclass(slots=True)
class _Ids:
    """Entity -> id before -> id after."""

    of: dict[str, dict[str, str]]

    def back(self) -> "_Ids":
        return _Ids({entity: {new: old for old, new in ids.items()} for entity, ids in self.of.items()})

    def record(self, entity: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record with its own id and those it names in their new form; ids that are nobody's stay."""
        changed = {**record, "external_id": self.of[entity].get(record["external_id"], record["external_id"])}
        for name, referred in REFERENCES.items():
            ids, value = self.of[referred], record.get(name)
            if isinstance(value, str):
                changed[name] = ids.get(value, value)
            elif value:  # both the source and the target list them in order
                changed[name] = sorted(ids.get(one, one) for one in value)
        return changed

    def rewrite(self, entity: str, payload: bytes) -> tuple[bytes, bytes]:
        new = payload_bytes(self.record(entity, orjson.loads(payload)))
        return new, digest(new)


def change_separator(
    connection: Connection,
    target: Target | None,
    to: str,
    *,
    confirmed: bool,
    now: Callable[[], datetime],
    language: str = "de",
    progress: Progress = silent,
    patience: Patience | None = None,
) -> Change:
    """The preview, or with ``confirmed`` the change. Raises ``Refusal``; nothing is half done for good."""
    if target is None or connection.target is None:
        raise SettingsError("no_target", say("de", "no_target"), say("en", "no_target"))
    if not target.abilities.renames:
        raise _keeps_ids(target.abilities.name, connection)
    base_url = connection.target.base_url.rstrip("/")
    with (
        open_store(connection.state_url(), connection.id, base_url, make=False) as store,
        _held(store, confirmed=confirmed),
    ):
        if confirmed:
            Runs(store).break_off(now())
        renaming = Renaming(store)
        old = _fixed(store, renaming, connection, to)
        change = Change(old, to, "planned", connection.settings.separator)
        if old == to:
            change.status = "already"
            return change
        ids = _new_ids(renaming, to)
        change.rename = {e: sum(a != b for a, b in ids.of[e].items()) for e in ENTITIES if e != GROUP or ids.of[e]}
        change.examples = list(_examples(ids))
        authorize(target)
        progress(Doing(language, "reading_target"), 0, None)
        view = read_target(target, ENTITIES, None, patience or Patience())
        try:
            change.taken = list(_taken(view, ids))
            if not confirmed:
                return change
            _refuse_taken(change)
            accepted = _accepted(view, Records(store), renaming, ids)
        finally:
            view.close()
        renaming.begin(to, now())
        change.renamed = _rename(target, change.rename, ids, language, progress, patience or Patience())
        renaming.finish(to, ids.of, ids.rewrite, accepted)
        change.status = "done"
        return change


def _keeps_ids(name: str, connection: Connection) -> SettingsError:
    fixed = connection.settings.separator
    return SettingsError(
        "renaming_impossible",
        f"{name} kann Datensätzen keine anderen IDs geben; ein anderer Separator würde alle doppeln. Bleiben Sie bei"
        f' separator = "{fixed}". Erlaubt Ihr Konto das Ändern der ID doch, sagt die Zuordnung ([target] mapping) es'
        " mit renames = true.",
        f"{name} cannot give records other ids; another separator would double them all. Stay with separator ="
        f' "{fixed}". If your account does allow it, the mapping ([target] mapping) says so by renames = true.',
    )


@contextmanager
def _held(store: Store, *, confirmed: bool) -> Iterator[None]:
    """A preview looks on while others run; the change is alone."""
    if confirmed:
        with alone(store):
            yield
    else:
        yield


def _fixed(store: Store, renaming: Renaming, connection: Connection, to: str) -> str:
    fixed: str | None = store.facts()["separator"]
    if fixed is None:
        raise SettingsError(
            "separator_not_fixed",
            "Noch gab es keinen produktiven Lauf: Hier ist nichts zu migrieren. Tragen Sie in der Konfiguration"
            f' separator = "{to}" ein.',
            "There was no productive run yet: there is nothing to migrate. Put separator ="
            f' "{to}" into the configuration.',
        )
    begun = renaming.under_way()
    if begun is not None and begun != to:
        raise unfinished_change(connection, begun)
    return fixed


def _new_ids(renaming: Renaming, to: str) -> _Ids:
    """Raises ``SettingsError`` when a part of any key holds the separator: ids would no longer be unique."""
    ids: dict[str, dict[str, str]] = {entity: {} for entity in ENTITIES}
    unsafe: dict[str, tuple[str, str]] = {}
    for record in renaming.records():
        parts = orjson.loads(record.key)
        ids[record.entity][record.external_id] = to.join(parts)
        for separator in SEPARATORS:
            if separator in record.key and separator not in unsafe:
                unsafe[separator] = (record.entity, record.external_id)
    if to in unsafe:
        entity, external_id = unsafe[to]
        safe = " ".join(separator for separator in SEPARATORS if separator not in unsafe) or "-"
        raise SettingsError(
            "separator_unsafe",
            f"Der Separator „{to}“ kommt in einer Nummer selbst vor ({say('de', entity)}: {external_id}); die IDs wären"
            f" nicht mehr eindeutig. Sichere Separatoren: {safe}",
            f'The separator "{to}" occurs in a number itself ({say("en", entity)}: {external_id}); ids would no longer'
            f" be unique. Safe separators: {safe}",
        )
    return _Ids(ids)


def _examples(ids: _Ids) -> Iterator[tuple[str, str, str]]:
    for entity in ENTITIES:
        moves = [(entity, old, new) for old, new in ids.of[entity].items() if old != new]
        yield from moves[:EXAMPLES]


def _taken(view: TargetView, ids: _Ids) -> Iterator[tuple[str, str]]:
    """New ids that stand in the target beside the old one. Where only the new one stands it was renamed before."""
    for entity in ENTITIES:
        wanted = {new for old, new in ids.of[entity].items() if old != new}
        seen = {one.external_id for one in view.stream(entity)}
        occupied = wanted & seen
        if occupied:
            yield from ((entity, new) for old, new in ids.of[entity].items() if new in occupied and old in seen)


def _refuse_taken(change: Change) -> None:
    if change.taken:
        named = ", ".join(external_id for _, external_id in change.taken[:EXAMPLES])
        raise SettingsError(
            "ids_taken",
            f"{len(change.taken)} der neuen IDs gehören im Ziel schon einem anderen Datensatz ({named}). Geben Sie"
            " diesen eine andere Nummer oder wählen Sie einen anderen Separator. Es wurde nichts geändert.",
            f"{len(change.taken)} of the new ids already belong to another record in the target ({named}). Give those"
            " another number or choose another separator. Nothing was changed.",
        )


def _accepted(view: TargetView, records: Records, renaming: Renaming, ids: _Ids) -> dict[tuple[str, str], bytes]:
    """What the target holds in its own way, with the new ids: else the next run would send those records again."""
    known, back, found = renaming.accepted(), ids.back(), {}
    if not known:
        return {}
    for entity in ENTITIES:
        for seen in view.stream(entity):
            old = back.of[entity].get(seen.external_id, seen.external_id)
            row = known.get((entity, old))
            payload = records.payload_bytes(row.intent) if row else None
            if row is None or payload is None:
                continue
            record = orjson.loads(seen.record)
            if held_differs(payload, orjson.dumps(back.record(entity, record))) == row.accepted:
                now = held_differs(ids.rewrite(entity, payload)[0], orjson.dumps(ids.record(entity, record)))
                if now is not None:
                    found[entity, ids.of[entity][old]] = now
    return found


def _rename(
    target: Target, planned: Mapping[str, int], ids: _Ids, language: str, progress: Progress, patience: Patience
) -> dict[str, Renamed]:
    outcomes: dict[str, Renamed] = {}
    for entity in planned:
        title, done = Doing(language, "renaming", entity), 0

        def answered(count: int, title: Doing = title, entity: str = entity) -> None:
            nonlocal done
            done += count
            progress(title, done, planned[entity])

        moves = [(old, new) for old, new in ids.of[entity].items() if old != new]
        outcomes[entity] = rename(target, entity, moves, patience, answered)
    refused = [one for outcome in outcomes.values() for one in outcome.refused]
    if refused:
        named = ", ".join(f"{old} ({code})" for old, code in refused[:EXAMPLES])
        raise TargetError(
            "rename_refused",
            f"{target.abilities.name} hat {len(refused)} Umbenennungen abgelehnt: {named}. Alle anderen sind erledigt. Beheben Sie den"
            " Grund und wiederholen Sie den Befehl; bis dahin sendet der Konnektor nichts.",
            f"{target.abilities.name} refused to rename {len(refused)} records: {named}. All others are done. Remove the reason and"
            " repeat the command; until then the connector sends nothing.",
        )
    return outcomes
