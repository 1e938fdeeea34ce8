"""Write GAEB DA XML 3.2: X83 asks, X84 offers with prices and totals. Item by item, nothing is built in memory."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from gewerk.kit.money import line_net
from gewerk.marketplace.gaeb.bill import Bill, BillItem
from gewerk.marketplace.gaeb.numbers import plain
from gewerk.marketplace.sums import sums_of_amounts

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def write(bill: Bill, *, now: datetime) -> Iterator[str]:
    """The file in pieces, to be encoded as UTF-8. Items stand in the order given, each in its sections."""
    namespace = f"http://www.gaeb.de/GAEB_DA_XML/DA{bill.phase}/3.2"
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<GAEB xmlns="{namespace}">\n'
    yield "<GAEBInfo><Version>3.2</Version><VersDate>2013-10</VersDate>"
    yield f"<Date>{now:%Y-%m-%d}</Date><Time>{now:%H:%M:%S}</Time><ProgSystem>Gewerk</ProgSystem></GAEBInfo>\n"
    title, currency = _plain(bill.title), _plain(bill.currency)
    yield f"<PrjInfo><NamePrj>{title[:60]}</NamePrj><LblPrj>{title}</LblPrj><Cur>{currency}</Cur></PrjInfo>\n"
    yield f"<Award><DP>{bill.phase}</DP><AwardInfo><Cur>{currency}</Cur></AwardInfo>\n"
    yield f'<BoQ ID="boq"><BoQInfo><Name>1</Name><LblBoQ>{title}</LblBoQ><OutlCompl>AllTxt</OutlCompl>'
    yield from _breakdown(bill.items)
    if bill.phase == 84:
        yield from _totals(bill)
    yield "</BoQInfo>\n"
    yield from _body(bill)
    yield "</BoQ></Award>\n</GAEB>\n"


def _breakdown(items: Sequence[BillItem]) -> Iterator[str]:
    """Levels of the ordinal number with their longest parts."""
    lengths: dict[int, int] = {}
    longest = 1
    for item in items:
        parts = item.number.split(".")
        longest = max(longest, len(parts[-1]))
        for level, part in enumerate(parts[:-1]):
            lengths[level] = max(lengths.get(level, 1), len(part))
    for _level, length in sorted(lengths.items()):
        yield f"<BoQBkdn><Type>BoQLevel</Type><Length>{length}</Length><Num>Yes</Num></BoQBkdn>"
    yield f"<BoQBkdn><Type>Item</Type><Length>{longest}</Length><Num>Yes</Num></BoQBkdn>"


def _totals(bill: Bill) -> Iterator[str]:
    amounts = [
        (_net(item), item.vat_basis_points or 0)
        for item in bill.items
        if item.unit_price_minor is not None and not item.optional and not item.alternative_to
    ]
    sums = sums_of_amounts(amounts, discount_basis_points=bill.discount_basis_points)
    yield f"<Totals><Total>{plain(sums.before_discount, 2)}</Total>"
    if bill.discount_basis_points:
        yield f"<DiscountPcnt>{plain(bill.discount_basis_points, 2)}</DiscountPcnt>"
        yield f"<DiscountAmt>{plain(sums.discount, 2)}</DiscountAmt>"
        yield f"<TotAfterDisc>{plain(sums.totals.net, 2)}</TotAfterDisc>"
    yield f"<TotalNet>{plain(sums.totals.net, 2)}</TotalNet><VATAmount>{plain(sums.totals.vat, 2)}</VATAmount>"
    yield f"<TotalGross>{plain(sums.totals.gross, 2)}</TotalGross></Totals>"


def _body(bill: Bill) -> Iterator[str]:
    groups = _groups(bill.items)
    open_sections: list[tuple[str, str]] = []
    in_list = False
    yield "<BoQBody>\n"
    for index, item in enumerate(bill.items):
        *parents, part = item.number.split(".")
        labels = [*item.sections, *[""] * len(parents)][: len(parents)]
        wanted = list(zip(parents, labels, strict=True))
        if wanted != open_sections or not in_list:
            if in_list:
                yield "</Itemlist>\n"
            same = 0
            while same < min(len(wanted), len(open_sections)) and wanted[same] == open_sections[same]:
                same += 1
            yield "</BoQBody></BoQCtgy>\n" * (len(open_sections) - same)
            for number, label in wanted[same:]:
                yield f"<BoQCtgy RNoPart={quoteattr(number)}><LblTx>{_paragraphs(label)}</LblTx><BoQBody>\n"
            open_sections = wanted
            yield "<Itemlist>\n"
            in_list = True
        yield from _item(item, part, index, groups, priced=bill.phase == 84)
    if in_list:
        yield "</Itemlist>\n"
    yield "</BoQBody></BoQCtgy>\n" * len(open_sections)
    yield "</BoQBody>\n"


def _groups(items: Sequence[BillItem]) -> dict[str, tuple[int, int]]:
    """Number -> group and serial number: the basic item is 0, its alternatives follow."""
    groups: dict[str, tuple[int, int]] = {}
    counts: dict[str, int] = {}
    for item in items:
        if not item.alternative_to:
            continue
        if item.alternative_to not in groups:
            groups[item.alternative_to] = (len(counts) + 1, 0)
        counts[item.alternative_to] = counts.get(item.alternative_to, 0) + 1
        groups[item.number] = (groups[item.alternative_to][0], counts[item.alternative_to])
    return groups


def _item(item: BillItem, part: str, index: int, groups: dict[str, tuple[int, int]], *, priced: bool) -> Iterator[str]:
    yield f'<Item ID="i{index + 1}" RNoPart={quoteattr(part)}>'
    if item.number in groups:
        group, serial = groups[item.number]
        yield f"<ALNGroupNo>{group}</ALNGroupNo><ALNSerNo>{serial}</ALNSerNo>"
    if item.optional:
        yield "<Provis>WithoutTotal</Provis>"
    yield f"<Qty>{plain(item.quantity_thousandths, 3)}</Qty><QU>{_plain(item.unit)}</QU>"
    if priced and item.unit_price_minor is not None:
        yield f"<UP>{plain(item.unit_price_minor, 2)}</UP><IT>{plain(_net(item), 2)}</IT>"
    if item.vat_basis_points is not None:
        yield f"<VAT>{plain(item.vat_basis_points, 2)}</VAT>"
    outline = item.text.strip().split("\n")[0][:70]
    yield f"<Description><CompleteText><DetailTxt><Text>{_paragraphs(item.text)}</Text></DetailTxt>"
    yield f"<OutlineText><OutlTxt><TextOutlTxt>{_paragraphs(outline)}</TextOutlTxt></OutlTxt></OutlineText>"
    yield "</CompleteText></Description></Item>\n"


def _net(item: BillItem) -> int:
    return line_net(quantity_thousandths=item.quantity_thousandths, unit_price_minor=item.unit_price_minor or 0)


def _paragraphs(text: str) -> str:
    return "".join(f"<p><span>{_plain(line)}</span></p>" for line in text.split("\n"))


def _plain(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text).replace("\r", " "))
