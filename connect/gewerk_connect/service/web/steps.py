"""The three steps of activation: which is done, which is the reader's."""

from dataclasses import dataclass

from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.looks import Looks
from gewerk_connect.service.web.said import Said

STEPS = ("login", "settings", "finish")
_LABELS = {
    "login": Said("Login", "Login"),
    "settings": Said("Einstellungen", "Settings"),
    "finish": Said("Fertig", "Done"),
}


@dataclass(slots=True, frozen=True)
class Step:
    label: str
    note: str
    status: str
    icon: str = ""
    url: str = ""


def target_tried(row: ConnectionRow) -> bool:
    """Whether the target took the credentials that are stored."""
    return bool(row.checklist.get("target_tried")) and bool(row.document.get("target"))


def is_done(row: ConnectionRow, looks: Looks, step: str) -> bool:
    if step == "login":
        inventory = looks.newest(row.id, "inventory")
        return target_tried(row) and inventory is not None and inventory.status == "ready"
    if step == "settings":
        return bool(row.document.get("settings"))
    return row.stage != "draft"


def first_open(row: ConnectionRow, looks: Looks) -> str:
    """Where a set-up that was left goes on."""
    return next((step for step in STEPS if not is_done(row, looks, step)), "finish")


def steps(row: ConnectionRow, looks: Looks, current: str, language: str) -> list[Step]:
    """For the stepper; a step can be gone to when all before it are done."""
    found = []
    reachable = True
    for step in STEPS:
        done = is_done(row, looks, step)
        status = "current" if step == current else "done" if done else "later"
        url = f"/connections/{row.id}/{step}" if reachable and step != current else ""
        found.append(Step(_LABELS[step].in_(language), _note(row, step, done).in_(language), status, url=url))
        reachable = reachable and done
    return found


def _note(row: ConnectionRow, step: str, done: bool) -> Said:
    if step == "login" and done:
        client_id = str(row.document["target"].get("client_id", ""))
        return Said(f"angemeldet als {client_id}", f"logged in as {client_id}")
    if step == "login":
        return Said("Ziel und ERP", "target and ERP")
    if step == "settings":
        return Said("gespeichert", "saved") if done else Said("zwei Angaben", "two entries")
    return Said("erster Plan", "first plan")
