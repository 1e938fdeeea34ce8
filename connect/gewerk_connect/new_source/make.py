"""Copies the template under another name: the whole folder, or nothing."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.manifests import kinds

TEMPLATE: Final = Path(__file__).parent / "template"
_KIND, _ERP_NAME = "neues-erp", "Neues ERP"
"""What the template calls itself."""
_NAMED: Final = (".toml", ".py")
"""Endings of the files in which the template's names stand."""
_KIND_FORM: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_KIND, _LONGEST_NAME = 40, 80
_UNSUITABLE: Final = frozenset("\"'\\")
"""Characters that would end a text in TOML or Python."""


def make_source(kind: str, erp_name: str | None, into: Path) -> Path:
    """Makes the folder of the source ``kind`` in the folder ``into`` and returns it.

    Without ``erp_name`` the kind's words are the ERP's name. Raises ``SettingsError``, with nothing written, for a name that is
    none or taken, and for a place where nothing can be written.
    """
    _check_kind(kind)
    name = erp_name.strip() if erp_name is not None else " ".join(word.capitalize() for word in kind.split("-"))
    _check_name(name)
    folder = into / kind.replace("-", "_")
    if folder.exists() or folder.is_symlink():
        raise SettingsError(
            "source_folder_exists",
            f"Den Ordner {folder} gibt es schon; er bleibt, wie er ist. Wählen Sie einen anderen Namen, oder mit --into einen "
            "anderen Ort.",
            f"The folder {folder} exists already and stays as it is. Choose another name, or with --into another place.",
        )
    if kind in kinds():
        raise SettingsError(
            "source_kind_exists",
            f"Die Quelle {kind} gibt es schon ({kinds()[kind].erp_name}). Wählen Sie einen anderen Namen.",
            f"The source {kind} exists already ({kinds()[kind].erp_name}). Choose another name.",
        )
    try:
        # made aside and then renamed: whoever looks sees the whole folder or none
        with tempfile.TemporaryDirectory(prefix=".new-source-", dir=into) as aside:
            made = _copied(Path(aside) / folder.name, kind, name)
            made.rename(folder)
    except OSError as error:
        raise SettingsError(
            "source_folder_unwritable",
            f"In {into} lässt sich kein Ordner anlegen ({type(error).__name__}). Prüfen Sie, ob es den Ordner "
            "gibt und ob Sie dort schreiben dürfen.",
            f"No folder can be made in {into} ({type(error).__name__}). Check that the folder exists and that "
            "you may write there.",
        ) from error
    return folder


def _check_kind(kind: str) -> None:
    if not _KIND_FORM.fullmatch(kind) or len(kind) > _LONGEST_KIND:
        raise SettingsError(
            "source_kind_form",
            f"{kind!r} geht nicht als Name: nur Kleinbuchstaben a-z und Ziffern, mit einzelnen Bindestrichen dazwischen, am Anfang "
            f"ein Buchstabe, höchstens {_LONGEST_KIND} Zeichen. Zum Beispiel: immo-blick.",
            f"{kind!r} cannot be the name: only lower-case letters a-z and digits, with single hyphens between, a letter first, at "
            f"most {_LONGEST_KIND} characters. For example: immo-blick.",
        )


def _check_name(name: str) -> None:
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or _UNSUITABLE & set(name):
        raise SettingsError(
            "source_name_form",
            f"--name geht so nicht: 1 bis {_LONGEST_NAME} Zeichen, ohne Anführungszeichen, Rückstrich und Zeilenumbruch. "
            'Zum Beispiel: --name "Immo Blick".',
            f"--name cannot be used: 1 to {_LONGEST_NAME} characters, without quotation marks, backslash and line break. "
            'For example: --name "Immo Blick".',
        )


def _copied(folder: Path, kind: str, erp_name: str) -> Path:
    """The template under its new name, without what runs of it left behind."""
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.state.*", ".*"))
    for file in folder.rglob("*"):
        if file.suffix in _NAMED:
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(_KIND, kind).replace(_ERP_NAME, erp_name), encoding="utf-8")
    return folder
