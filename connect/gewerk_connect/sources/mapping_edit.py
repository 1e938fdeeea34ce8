"""Changes single entries of a mapping file's text and leaves everything else, comments too, as somebody wrote it."""

import copy
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
Entry = str | Sequence[str] | None
"""A text, several texts, or None to take the entry out."""


def with_entries(text: str, section: Sequence[str], entries: Mapping[str, Entry]) -> str:
    """``text`` with ``entries`` in ``[section]``, which is added where it is missing.

    Raises ``ValueError`` where the text is written so that only a person can change it (an entry over several lines).
    """
    lines = text.removesuffix("\n").split("\n")
    first, last = _place(lines, section)
    if first is None:
        lines += ["", f"[{'.'.join(map(_key, section))}]"]
        first = last = len(lines)
    waiting = dict(entries)
    kept = []
    for line in lines[first:last]:
        name = _name(line)
        if name is None or name not in entries:
            kept.append(line)
        elif (value := waiting.pop(name, None)) is not None:
            kept.append(_line(name, value))
    added = [_line(name, value) for name, value in waiting.items() if value is not None]
    end = len(kept)
    while end and not kept[end - 1].strip():  # before the blank lines that part the sections
        end -= 1
    kept[end:end] = added
    changed = "\n".join([*lines[:first], *kept, *lines[last:]]) + "\n"
    try:
        as_wanted = tomllib.loads(changed) == _expected(text, section, entries)
    except tomllib.TOMLDecodeError:
        as_wanted = False
    if not as_wanted:
        raise ValueError(".".join(section))
    return changed


def _place(lines: Sequence[str], section: Sequence[str]) -> tuple[int | None, int]:
    """The lines of a section, without its head."""
    first = None
    for at, line in enumerate(lines):
        if not line.lstrip().startswith("["):
            continue
        if first is not None:
            return first, at
        if _path(line) == list(section):
            first = at + 1
    return first, len(lines)


def _path(head: str) -> list[str]:
    try:
        found: Any = tomllib.loads(head)
    except tomllib.TOMLDecodeError:
        return []
    path = []
    while isinstance(found, dict) and found:
        [name] = found
        path.append(name)
        found = found[name]
    return path


def _name(line: str) -> str | None:
    """The entry that a line holds whole."""
    try:
        return next(iter(tomllib.loads(line)), None)
    except tomllib.TOMLDecodeError:
        return None


def _line(name: str, value: str | Sequence[str]) -> str:
    shown = _text(value) if isinstance(value, str) else f"[{', '.join(map(_text, value))}]"
    return f"{_key(name)} = {shown}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(value: str) -> str:
    """A basic string; JSON's escapes are among TOML's, which wants DEL escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _expected(text: str, section: Sequence[str], entries: Mapping[str, Entry]) -> dict[str, Any]:
    data = copy.deepcopy(tomllib.loads(text))
    place = data
    for name in section:
        place = place.setdefault(name, {})
    for name, value in entries.items():
        if value is None:
            place.pop(name, None)
        else:
            place[name] = value if isinstance(value, str) else list(value)
    return data
