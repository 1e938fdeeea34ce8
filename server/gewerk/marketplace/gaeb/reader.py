"""Read GAEB DA XML 3.x, streaming: the file is never whole in memory, a document type or entity is refused, a fault names its line."""

from dataclasses import replace
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from gewerk.marketplace.gaeb.bill import DEEPEST, LONGEST_TEXT, MOST_BYTES, MOST_ITEMS, Bill, BillItem, FileIsBroken
from gewerk.marketplace.gaeb.numbers import scaled

NAMESPACE = "http://www.gaeb.de/GAEB_DA_XML/"
PHASES = {"83": 83, "84": 84}
_CHUNK = 64 * 1024
_SIMPLE = frozenset(
    {"DP", "Cur", "NamePrj", "LblPrj", "LblBoQ", "Qty", "QU", "UP", "VAT", "Provis", "ALNGroupNo", "ALNSerNo"}
    | {"DiscountPcnt"}
)
_DEEPEST_ELEMENT = 200


def read(file: BinaryIO) -> Bill:
    """The bill of quantities of an X83 or X84. Raises FileIsBroken."""
    return _Reading().whole(file)


class _Item:
    """An item while it is read."""

    def __init__(self, part: str, line: int) -> None:
        self.part, self.line = part, line
        self.values: dict[str, str] = {}
        self.detail: list[str] = []
        self.outline: list[str] = []


class _Reading:
    """What stands between two calls of the parser."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity
        self.path: list[str] = []
        self.phase: int | None = None
        self.currency, self.title, self.discount = "", "", 0
        self.categories: list[tuple[str, list[str]]] = []
        """Number part and heading of each open section."""
        self.item: _Item | None = None
        self.text: list[str] = []
        self.lines: list[str] | None = None
        """Of the text that is read now: its paragraphs."""
        self.items: list[tuple[BillItem, int, str, int]] = []
        """With line, group and serial number of alternatives."""

    def whole(self, file: BinaryIO) -> Bill:
        size = 0
        try:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise self._broken(_("The file is too large."))
                self.parser.Parse(chunk, False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as fault:
            reason = expat.errors.messages.get(fault.code, "") if isinstance(fault.code, int) else ""
            raise FileIsBroken(
                _("The file is no whole XML (%(reason)s).") % {"reason": reason or "?"}, line=fault.lineno
            ) from fault
        if self.phase is None:
            raise FileIsBroken(_("The file names no exchange phase (DP): it is no GAEB DA XML."))
        if not self.items:
            raise FileIsBroken(_("The file holds no items."))
        return Bill(self.phase, self.title, self.currency or "EUR", self.discount, self._with_alternatives())

    # What the parser calls

    def _doctype(self, *_given: object) -> None:
        raise self._broken(_("A document type (DOCTYPE) does not belong into a GAEB file."))

    def _entity(self, *_given: object) -> None:
        raise self._broken(_("An entity does not belong into a GAEB file."))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _brace, local = name.rpartition("}")
        if not self.path and (local != "GAEB" or not namespace.startswith(NAMESPACE)):
            raise self._broken(_("The file is no GAEB DA XML 3.x: it begins with “%(name)s”.") % {"name": local[:40]})
        self.path.append(local)
        if len(self.path) > _DEEPEST_ELEMENT:
            raise self._broken(_("The file is nested too deeply."))
        if local == "BoQCtgy":
            self.categories.append((self._part(attributes), []))
            if len(self.categories) > DEEPEST:
                raise self._broken(_("At most %(n)d levels of sections.") % {"n": DEEPEST})
        elif local == "Item":
            self.item = _Item(self._part(attributes), self.parser.CurrentLineNumber)
        elif local == "LblTx" and self.item is None and self.categories:
            self.lines = self.categories[-1][1]
        elif local == "DetailTxt" and self.item is not None:
            self.lines = self.item.detail
        elif local == "TextOutlTxt" and self.item is not None:
            self.lines = self.item.outline
        elif local == "p" and self.lines is not None:
            self.lines.append("")
        elif local == "br" and self.lines:
            self.lines[-1] += "\n"
        elif local in _SIMPLE:
            self.text = []

    def _characters(self, data: str) -> None:
        if self.lines is not None:
            # Between the elements of a text stands only what makes the file pretty.
            if self.path[-1] == "span" or data.strip():
                if not self.lines:
                    self.lines.append("")
                self.lines[-1] += data
                if sum(map(len, self.lines)) > LONGEST_TEXT:
                    raise self._broken(_("A text has more than %(n)d characters.") % {"n": LONGEST_TEXT})
        elif self.path[-1] in _SIMPLE:
            self.text.append(data)

    def _end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        self.path.pop()
        if local in {"LblTx", "DetailTxt", "TextOutlTxt"}:
            self.lines = None
        elif local == "Item" and self.item is not None:
            self._finish_item(self.item)
            self.item = None
        elif local == "BoQCtgy":
            self.categories.pop()
        elif local in _SIMPLE:
            self._value(local, "".join(self.text).strip())

    # What it means

    def _value(self, name: str, text: str) -> None:
        if self.item is not None:
            self.item.values[name] = text
        elif name == "DP":
            if text not in PHASES:
                raise self._broken(
                    _("Exchange phase %(phase)s: only 83 (request) and 84 (quote) are read.") % {"phase": text[:10]}
                )
            self.phase = PHASES[text]
        elif name == "Cur":
            self.currency = text[:3]
        elif name in {"LblPrj", "LblBoQ", "NamePrj"} and (not self.title or name == "LblBoQ"):
            self.title = text[:200]
        elif name == "DiscountPcnt" and not self.categories:
            self.discount = self._number(text, 2, self.parser.CurrentLineNumber)

    def _finish_item(self, item: _Item) -> None:
        if len(self.items) >= MOST_ITEMS:
            raise self._broken(_("At most %(n)d items.") % {"n": MOST_ITEMS})
        values, line = item.values, item.line
        text = "\n".join(item.detail).strip() or "\n".join(item.outline).strip()
        if not text:
            raise FileIsBroken(_("Item %(number)s has no text.") % {"number": item.part}, line=line)
        if not values.get("Qty"):
            raise FileIsBroken(_("Item %(number)s has no quantity.") % {"number": item.part}, line=line)
        found = BillItem(
            text=text,
            quantity_thousandths=self._number(values["Qty"], 3, line),
            unit=values.get("QU", "")[:20] or "psch",
            number=".".join([*(part for part, _label in self.categories), item.part]),
            sections=tuple("\n".join(label).strip() for _part, label in self.categories),
            optional=bool(values.get("Provis")),
            unit_price_minor=self._number(values["UP"], 2, line) if values.get("UP") else None,
            vat_basis_points=self._number(values["VAT"], 2, line) if values.get("VAT") else None,
        )
        if found.quantity_thousandths <= 0:
            raise FileIsBroken(_("The quantity of item %(number)s is not above 0.") % {"number": item.part}, line=line)
        group = values.get("ALNGroupNo", "")
        serial = self._number(values.get("ALNSerNo") or "0", 0, line) if group else 0
        self.items.append((found, line, group, serial))

    def _with_alternatives(self) -> tuple[BillItem, ...]:
        """Of each group the lowest serial number is the basic item, the others are alternatives to it."""
        basic: dict[str, tuple[int, str]] = {}
        for item, _line, group, serial in self.items:
            if group and (group not in basic or serial < basic[group][0]):
                basic[group] = (serial, item.number)
        return tuple(
            item if not group or item.number == basic[group][1] else replace(item, alternative_to=basic[group][1])
            for item, _line, group, _serial in self.items
        )

    def _part(self, attributes: dict[str, str]) -> str:
        part = attributes.get("RNoPart", "").strip()
        if not part or len(part) > 14 or "." in part:
            raise self._broken(_("A section or item has no usable number (RNoPart)."))
        return part

    def _number(self, text: str, places: int, line: int) -> int:
        try:
            return scaled(text, places)
        except ValueError as wrong:
            raise FileIsBroken(str(wrong), line=line) from wrong

    def _broken(self, reason: str) -> FileIsBroken:
        return FileIsBroken(reason, line=self.parser.CurrentLineNumber)
