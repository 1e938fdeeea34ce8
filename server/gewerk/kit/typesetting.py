"""Documents as PDF, set by typst with the fonts that lie here: no network, no font of the machine."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def pdf(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """``template`` reads ``data`` by ``json(bytes(sys.inputs.data))``: texts, never markup. Tagged for screen readers (PDF/UA-1).

    Whoever sends a text with typst's own signs (``#``, ``*``, ``$``) sees them as they are.
    """
    sent = json.dumps(data, ensure_ascii=False, default=str)
    found = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        sys_inputs={"data": sent},
        pdf_standards=["ua-1"],
        timestamp=at.replace(microsecond=0),
    )
    assert isinstance(found, bytes)
    return found
