"""The tables of states as pages: a picture (Mermaid, which the code's web page draws) and every step in words."""

from collections.abc import Iterable
from dataclasses import dataclass

_WHO = {
    "staff": "Verwaltung",
    "finance": "Verwaltung, Buchhaltung",
    "dispatch": "Betrieb (Leitung, Disposition), eigene Leute",
    "contractor": "Betrieb (auch Monteure), eigene Leute",
    "tenant": "Mieter",
    "reporter": "meldende Person",
    "time": "von selbst, nach Ablauf der Frist",
    "system": "Gewerk (folgt aus einem anderen Schritt)",
}
_NEEDS = {
    "reason": "Begründung",
    "contractor": "Betrieb der eigenen Liste oder eigene Leute",
    "items": "Positionen mit Preis (nicht bei eigenen Leuten)",
    "cover": "Ausgabengrenze oder Freigabe",
    "visit": "vereinbarter Termin",
    "defects": "Mängel mit Frist",
    "decided": "kein offener Nachtrag",
    "amount": "Bruttobetrag",
    "slots": "Zeiten",
}
_TOLD = {
    "staff": "Verwaltung",
    "contractor": "Betrieb oder eigene Leute",
    "tenant": "Mieter",
    "reporter": "meldende Person",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One step. ``sources`` empty: it is where things begin."""

    key: str
    title: str
    sources: list[str]
    target: str
    by: list[str]
    needs: list[str]
    tells: list[str]


def pages() -> dict[str, str]:
    """File name -> text, in German."""
    import django

    import tools.environment  # noqa: F401 - settings and compiled texts, before Django starts

    django.setup()
    from django.utils import translation

    with translation.override("de"):
        return {"order-states.md": _orders(), "ticket-states.md": _tickets(), "visit-states.md": _visits()}


def _orders() -> str:
    from gewerk.projects.states import FINAL, STEPS, State

    rows = [
        _Row(
            step.key,
            f"{step.title} *(nicht bei eigenen Leuten)*" if step.firm_only else str(step.title),
            _in_order(State, step.sources),
            step.target,
            list(step.by),
            list(step.needs),
            list(step.tells),
        )
        for step in STEPS
    ]
    words = (
        "Aufträge an eigene Leute enden mit der Abnahme; Rechnung und Zahlung gibt es für sie nicht. Termine bewegen den Auftrag"
        " zwischen „vergeben“, „Termin vereinbart“ und „in Arbeit“ von selbst."
    )
    return _page("Zustände eines Auftrags", "server/gewerk/projects/states.py", words, State, rows, FINAL, State.DRAFT)


def _tickets() -> str:
    from gewerk.tickets.states import FINAL, STEPS, State

    rows = [
        _Row(
            step.key,
            str(step.title),
            _in_order(State, step.sources),
            step.target,
            list(step.by),
            ["reason"] if step.needs_reason else [],
            ["reporter"] if step.tells_reporter else [],
        )
        for step in STEPS
    ]
    words = "Sind alle Aufträge einer Meldung erledigt, gilt sie als behoben, und die meldende Person wird gefragt."
    return _page("Zustände einer Meldung", "server/gewerk/tickets/states.py", words, State, rows, FINAL, State.NEW)


def _visits() -> str:
    from gewerk.scheduling.states import FINAL, STEPS, State

    rows = [
        _Row(
            step.key,
            str(step.title),
            _in_order(State, step.sources),
            step.target,
            list(step.by),
            [*(["slots"] if step.needs_slots else []), *(["reason"] if step.needs_reason else [])],
            list(step.tells),
        )
        for step in STEPS
    ]
    words = "Je Auftrag ist höchstens ein Termin offen; ist er vorbei, kann ein neuer vereinbart werden."
    return _page("Zustände eines Termins", "server/gewerk/scheduling/states.py", words, State, rows, FINAL, None)


def _in_order(states: Iterable[str], chosen: Iterable[str]) -> list[str]:
    """As the state's own class lists them: sets have no order."""
    wanted = set(chosen)
    return [str(state) for state in states if state in wanted]


def _page(
    title: str,
    source: str,
    words: str,
    states: type,
    rows: list[_Row],
    final: frozenset[str],
    first: str | None,
) -> str:
    labels = {state.value: str(state.label) for state in states}  # type: ignore[attr-defined]
    picture = ["```mermaid", "stateDiagram-v2"]
    picture += [f'    state "{label}" as {value}' for value, label in labels.items()]
    picture += [f"    [*] --> {first}"] if first else []
    for row in rows:
        picture += [f"    {one} --> {row.target}: {row.title.partition(' *')[0]}" for one in row.sources or ["[*]"]]
    picture += [f"    {one} --> [*]" for one in _in_order(labels, final)] + ["```"]
    head = "| Schritt | von | nach | wer | nötig | Nachricht an |\n|---|---|---|---|---|---|\n"
    lines = [
        f"| {row.title}<br>`{row.key}` | {_list(labels[one] for one in row.sources) or '*Beginn*'} | {labels[row.target]} "
        f"| {_list(_WHO[one] for one in sorted(row.by, key=list(_WHO).index))} | {_list(_NEEDS[one] for one in row.needs)} "
        f"| {_list(_TOLD[one] for one in row.tells)} |\n"
        for row in rows
    ]
    return (
        f"# {title}\n\nAus der Tabelle `{source}`; Seiten, API und Prüfungen lesen dieselbe. {words}\n\n"
        + "\n".join(picture)
        + "\n\n"
        + head
        + "".join(lines)
    )


def _list(words: Iterable[str]) -> str:
    return "<br>".join(words)
