"""The pages of ``docs/reference``, made from the code: settings, commands, API, findings, tables of states."""

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import state_pages

ROOT = Path(__file__).resolve().parent.parent
_MADE = "<!-- Aus dem Code erzeugt: ./gewerk docs. Nicht von Hand ändern. -->\n\n"


def pages() -> dict[str, str]:
    """File name -> text of each generated page."""
    return {
        "settings.md": _MADE + _settings(),
        "cli.md": _MADE + _commands(),
        "api.md": _MADE + _api(),
        "findings.md": _MADE + _findings(),
        **{name: _MADE + text for name, text in state_pages.pages().items()},
    }


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]] | list[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _settings() -> str:
    from gewerk.config.installation import Installation

    rows = [
        (
            f"`{'DATABASE_URL' if name == 'database_url' else 'GEWERK_' + name.upper()}`",
            "*erzeugt*"
            if "generated" in (field.description or "")
            else f"`{field.default}`"
            if field.default != ""
            else "",
            field.description or "",
        )
        for name, field in Installation.model_fields.items()
    ]
    parts = [
        "# Einstellungen\n\n## Plattform (Umgebungsvariablen)\n\n",
        _table(("Variable", "Vorgabe", "Bedeutung"), rows),
        "\n## Verbindung des Konnektors (TOML)\n",
    ]
    from gewerk_connect import settings

    for title, model in (
        ("[source]", settings.SourceSettings),
        ("[target]", settings.TargetSettings),
        ("[settings]", settings.Settings),
        ("[state]", settings.StateSettings),
        ("[retention]", settings.RetentionSettings),
    ):
        said = _attribute_docs(model)
        rows = [
            (
                f"`{name}`",
                _type_name(field.annotation),
                "**nötig**" if field.is_required() else f"`{json.dumps(_plain(field.default), ensure_ascii=False)}`",
                said.get(name, ""),
            )
            for name, field in model.model_fields.items()
        ]
        parts.append(
            f"\n### `{title}`\n\n{inspect.getdoc(model)}\n\n{_table(('Name', 'Art', 'Vorgabe', 'Bedeutung'), rows)}"
        )
    return "".join(parts)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _type_name(annotation: Any) -> str:
    text = getattr(annotation, "__name__", None) if isinstance(annotation, type) else str(annotation)
    return "`" + (text or "").replace("typing.", "").replace("pathlib._local.", "").replace("pathlib.", "") + "`"


def _attribute_docs(model: type) -> dict[str, str]:
    """The string below each attribute of the class."""
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)
    said: dict[str, str] = {}
    for statement, below in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            said[statement.target.id] = str(below.value.value)
    return said


def _commands() -> str:
    import typer
    from gewerk_connect.cli.app import build

    group = typer.main.get_command(build("de"))
    parts = [f"# Kommandos von `gewerk-connect`\n\n{group.help}\n"]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        usage = " ".join(f"<{p.name}>" for p in command.params if p.param_type_name == "argument")
        rows = [
            (
                ", ".join(f"`{o}`" for o in (*p.opts, *p.secondary_opts)),
                getattr(p, "help", None) or "",
                "ja" if p.required else "",
            )
            for p in command.params
            if p.name != "help"
        ]
        parts.append(f"\n## `{' '.join(('gewerk-connect', name, usage)).strip()}`\n\n{command.help}\n\n")
        parts.append(_table(("Angabe", "Bedeutung", "nötig"), rows) if rows else "")
    return "".join(parts)


def _api() -> str:
    schema = json.loads((ROOT / "openapi.json").read_text())
    parts = [
        f"# Client-API {schema['info']['version']}\n\n{schema['info'].get('description', '')}\n\n"
        "Die vollständige Beschreibung mit allen Feldern steht in `openapi.json` und in der laufenden Installation unter `/api/docs`.\n\n"
    ]
    rows = [
        (f"`{method.upper()} {path}`", operation.get("summary", ""), ", ".join(sorted(operation.get("responses", {}))))
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    ]
    parts.append(_table(("Aufruf", "Zweck", "Antworten"), rows))
    return "".join(parts)


def _findings() -> str:
    from gewerk_connect.messages.findings import FINDINGS

    rows = [(f"`{code}`", text.title("de"), text.todo("de"), text.title("en")) for code, text in FINDINGS.items()]
    return (
        "# Befunde eines Laufs\n\nJeder Befund nennt Datei, Zeile, Spalte und Schlüssel, nie personenbezogene Daten.\n\n"
        + _table(("Code", "Befund", "Was zu tun ist", "Englisch"), rows)
    )
