"""Every text that the platform shows has its German: the English msgids of code and templates against the ``.po`` files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "server" / "gewerk"
_CALLS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
_TRANSLATE = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
_IN_BRACKETS = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
_BLOCK = re.compile(r"\{%\s*(blocktranslate|blocktrans)([^%]*)%\}(.*?)\{%\s*end\1\s*%\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")


def _from_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.id
            if isinstance(node.func, ast.Name)
            else node.func.attr
            if isinstance(node.func, ast.Attribute)
            else ""
        )
        if name not in _CALLS:
            continue
        position = 1 if name.startswith(("pgettext", "npgettext")) else 0
        first = node.args[position] if len(node.args) > position else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _from_template(path: Path) -> Iterator[str]:
    text = path.read_text()
    # Django writes a literal percent sign as %% before it looks the text up.
    for pattern in (_TRANSLATE, _IN_BRACKETS):
        for match in pattern.finditer(text):
            yield (match.group(1) if match.group(1) is not None else match.group(2)).replace("%", "%%")
    for match in _BLOCK.finditer(text):
        singular = _PLURAL.split(match.group(3))[0]
        if "trimmed" in match.group(2):
            singular = " ".join(line.strip() for line in singular.strip().splitlines())
        yield _VARIABLE.sub(lambda found: f"%({found.group(1)})s", singular.replace("%", "%%"))


def used() -> dict[str, str]:
    """msgid -> the first file that uses it."""
    found: dict[str, str] = {}
    for path in sorted(SERVER.rglob("*")):
        if "migrations" in path.parts or path.suffix not in {".py", ".html", ".txt"}:
            continue
        for msgid in _from_python(path) if path.suffix == ".py" else _from_template(path):
            if msgid.strip():
                found.setdefault(msgid, str(path.relative_to(ROOT)))
    return found


def german() -> set[str]:
    """msgids with a German text in any of our catalogues, or in Django's and allauth's own."""
    known: set[str] = set()
    import allauth
    import django

    own = list(SERVER.rglob("locale/de/LC_MESSAGES/django.po"))
    others = [
        p
        for package in (django, allauth)
        for p in Path(package.__file__).parent.rglob("locale/de/LC_MESSAGES/django.po")
    ]
    for po in [*own, *others]:
        with po.open("rb") as file:
            for message in read_po(file, locale="de"):
                texts = message.string if isinstance(message.string, tuple | list) else [message.string]
                if message.id and all(texts) and "fuzzy" not in message.flags:
                    known.add(message.id[0] if isinstance(message.id, tuple | list) else message.id)
    return known


def complete() -> bool:
    """Prints what lacks German; True when nothing does."""
    known = german()
    missing = {msgid: place for msgid, place in used().items() if msgid not in known}
    for msgid, place in missing.items():
        print(f"{place}: no German for {msgid!r}")
    return not missing
