"""German and English texts: the ``.po`` files are committed, the ``.mo`` files are made from them at start."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues() -> int:
    """Write each ``django.mo`` that is older than its ``django.po``; returns how many were written."""
    written = 0
    for po in Path(__file__).resolve().parent.parent.rglob("locale/*/LC_MESSAGES/django.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        draft = mo.with_suffix(".mo.new")
        with draft.open("wb") as target:
            write_mo(target, catalogue)
        draft.replace(mo)
        written += 1
    return written
