"""Bills go out and come in unchanged; a second reader, written another way, agrees; what is broken is refused with line and reason."""

import io
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from gewerk.marketplace.gaeb import reader, tables, writer
from gewerk.marketplace.gaeb.bill import Bill, BillItem, FileIsBroken
from gewerk.marketplace.gaeb.numbers import scaled
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

words = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff\u2028\u2029\x85"),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(bool)
)
paragraphs = st.lists(words, min_size=1, max_size=4).map("\n".join)
headings = words.map(lambda text: text.replace(" / ", "-"))


@st.composite
def bills(draw: Any) -> Bill:
    """Sections nested up to three deep, items in any of them; optional ones, and alternatives to basic ones."""
    items: list[BillItem] = []
    phase = draw(st.sampled_from([83, 84]))
    for path in draw(st.lists(st.lists(st.integers(1, 3), max_size=3).map(tuple), min_size=1, max_size=4, unique=True)):
        numbers = [f"{part:02d}" for part in path]
        labels = tuple(f"{draw(headings)} {'.'.join(numbers[: level + 1])}" for level in range(len(path)))
        for place in range(1, draw(st.integers(1, 4)) + 1):
            number = ".".join([*numbers, f"{place * 10:04d}"])
            basic = [one.number for one in items if not one.alternative_to]
            alternative = draw(st.sampled_from(basic)) if basic and draw(st.booleans()) else ""
            items.append(
                BillItem(
                    text=draw(paragraphs),
                    quantity_thousandths=draw(st.integers(1, 10**9)),
                    unit=draw(st.sampled_from(["m²", "Stk", "psch", "h", "m & <b>"])),
                    number=number,
                    sections=labels,
                    optional=draw(st.booleans()),
                    alternative_to=alternative,
                    unit_price_minor=draw(st.integers(0, 10**8)) if phase == 84 else None,
                    vat_basis_points=draw(st.sampled_from([None, 0, 700, 1_900])) if phase == 84 else None,
                )
            )
    return Bill(phase, draw(words)[:60].strip(), "EUR", draw(st.integers(0, 9_999)) if phase == 84 else 0, tuple(items))


def file_of(bill: Bill) -> bytes:
    return "".join(writer.write(bill, now=NOW)).encode()


@settings(max_examples=60, deadline=None)
@given(bills())
def test_gaeb_round_trip(bill: Bill) -> None:
    assert reader.read(io.BytesIO(file_of(bill))) == bill


@settings(max_examples=40, deadline=None)
@given(bills())
def test_a_second_reader_agrees(bill: Bill) -> None:
    """Another approach: the whole tree, walked from the root down; decimals kept as decimals."""
    root = ET.fromstring(file_of(bill))
    ns = {"g": root.tag[1:].partition("}")[0]}
    found: list[dict[str, Any]] = []

    def words_of(node: ET.Element | None) -> str:
        return "\n".join("".join(p.itertext()) for p in node.iterfind(".//g:p", ns)) if node is not None else ""

    def walk(body: ET.Element, numbers: list[str], labels: list[str]) -> None:
        for child in body:
            kind = child.tag.rpartition("}")[2]
            if kind == "BoQCtgy":
                inner = child.find("g:BoQBody", ns)
                assert inner is not None
                walk(inner, [*numbers, child.attrib["RNoPart"]], [*labels, words_of(child.find("g:LblTx", ns))])
            elif kind == "Itemlist":
                for item in child.iterfind("g:Item", ns):
                    found.append(
                        {
                            "number": ".".join([*numbers, item.attrib["RNoPart"]]),
                            "sections": tuple(labels),
                            "text": words_of(item.find(".//g:DetailTxt", ns)),
                            "quantity": Decimal(item.findtext("g:Qty", "", ns)),
                            "unit": item.findtext("g:QU", "", ns),
                            "price": item.findtext("g:UP", None, ns),
                            "rate": item.findtext("g:VAT", None, ns),
                            "optional": item.find("g:Provis", ns) is not None,
                            "group": item.findtext("g:ALNGroupNo", None, ns),
                            "serial": item.findtext("g:ALNSerNo", None, ns),
                        }
                    )

    body = root.find(".//g:BoQ/g:BoQBody", ns)
    assert body is not None
    walk(body, [], [])
    basic = {one["group"]: one["number"] for one in found if one["group"] and one["serial"] == "0"}
    assert [
        BillItem(
            text=one["text"],
            quantity_thousandths=int(one["quantity"] * 1000),
            unit=one["unit"],
            number=one["number"],
            sections=one["sections"],
            optional=one["optional"],
            alternative_to=basic[one["group"]] if one["group"] and one["serial"] != "0" else "",
            unit_price_minor=None if one["price"] is None else int(Decimal(one["price"]) * 100),
            vat_basis_points=None if one["rate"] is None else int(Decimal(one["rate"]) * 100),
        )
        for one in found
    ] == list(bill.items)
    if bill.phase == 84:
        net, vat, gross = (
            Decimal(root.findtext(f".//g:Totals/g:{name}", "", ns)) for name in ("TotalNet", "VATAmount", "TotalGross")
        )
        assert net + vat == gross


@settings(max_examples=40, deadline=None)
@given(bills())
def test_tables_round_trip(bill: Bill) -> None:
    wanted = replace(bill, title="", discount_basis_points=0)
    assert tables.read_csv(io.BytesIO(tables.write_csv(bill))) == wanted
    assert tables.read_xlsx(io.BytesIO(tables.write_xlsx(bill))) == wanted


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [("12,5", 3, 12_500), ("1.234,50", 2, 123_450), ("1234.5", 2, 123_450), ("1 234,5", 3, 1_234_500), ("-3", 2, -300)],
)
def test_german_and_plain_decimals(text: str, places: int, value: int) -> None:
    assert scaled(text, places) == value


@pytest.mark.parametrize("text", ["", "1,2,3", "1.23,4", "NaN", "1e5", "١٢", "12,3456", "9" * 30, "--1", "0x10"])
def test_what_is_no_number_is_no_number(text: str) -> None:
    with pytest.raises(ValueError):
        scaled(text, 3)


HEAD = (
    '<?xml version="1.0"?>\n<GAEB xmlns="http://www.gaeb.de/GAEB_DA_XML/DA83/3.2">\n<Award><DP>83</DP><BoQ><BoQBody>\n'
)
TAIL = "</BoQBody></BoQ></Award></GAEB>"
ITEM = (
    "<Item RNoPart='0010'>\n<Qty>{qty}</Qty><QU>m</QU>"
    "<Description><DetailTxt><Text><p>{text}</p></Text></DetailTxt></Description></Item>"
)
LIST = f"<Itemlist>\n{ITEM}\n</Itemlist>"


def broken(text: str | bytes) -> FileIsBroken:
    with pytest.raises(FileIsBroken) as wrong:
        reader.read(io.BytesIO(text.encode() if isinstance(text, str) else text))
    return wrong.value


def test_a_foreign_file_with_german_decimals_and_pretty_printing() -> None:
    made = HEAD + LIST.format(qty="1.012,500", text="\n  <span>Rohr</span>\n  <br/><span>DN 50</span>\n") + TAIL
    (item,) = reader.read(io.BytesIO(made.encode())).items
    assert (item.quantity_thousandths, item.text) == (1_012_500, "Rohr\nDN 50")


def test_a_broken_file_is_refused_with_line_and_reason() -> None:
    good = HEAD + LIST.format(qty="1", text="x") + TAIL
    cases = {
        good.replace("</Itemlist>", "</Itemliste>"): 7,
        good[: good.index("</Item>")]: 6,
        HEAD + LIST.format(qty="viel", text="x") + TAIL: 5,
        HEAD + LIST.format(qty="-1", text="x") + TAIL: 5,
        HEAD + LIST.format(qty="1,2345", text="x") + TAIL: 5,
        HEAD + LIST.format(qty="1", text="") + TAIL: 5,
        good.replace(" RNoPart='0010'", ""): 5,
        good.replace("<DP>83</DP>", "<DP>81</DP>"): 3,
        "<html/>": 1,
        "": 1,
        "Kein XML": 1,
    }
    for text, line in cases.items():
        fault = broken(text)
        assert fault.reason
        assert fault.line == line, text
    for text in (good.replace("<DP>83</DP>", ""), HEAD + TAIL):
        assert broken(text).reason


def test_no_entity_and_no_document_type() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><GAEB xmlns="x">&b;</GAEB>'
    outside = '<!DOCTYPE GAEB SYSTEM "file:///etc/passwd"><GAEB/>'
    for text in (bomb, outside, bomb.encode("utf-16")):
        assert "DOCTYPE" in broken(text).reason
    assert broken(HEAD + "<a>" * 300).reason


def test_a_bomb_of_a_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (70 * 1024 * 1024))
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>')
    for raw in (out.getvalue(), evil.getvalue(), b"PK\x03\x04nonsense", b"", b"OZ;Text"):
        with pytest.raises(FileIsBroken):
            tables.read_xlsx(io.BytesIO(raw))


def test_formulas_stay_words() -> None:
    bill = Bill(83, items=(BillItem('=HYPERLINK("http://x")', 1_000, "Stk", number="1"),))
    assert b"'=HYPERLINK" in tables.write_csv(bill)
    assert tables.read_csv(io.BytesIO(tables.write_csv(bill))).items == bill.items


def test_a_broken_table_names_its_line() -> None:
    with pytest.raises(FileIsBroken) as wrong:
        tables.read_csv(io.BytesIO(b"OZ;Text;Menge;Einheit\n1;Rohr;2;m\n2;Bogen;viele;Stk\n"))
    assert wrong.value.line == 3
    for raw in (b"Text;Menge;Einheit\nRohr;1.000;m\n", b"", b"a;b\n", b"Text;Menge;Einheit\n", b"\x00\x01"):
        with pytest.raises(FileIsBroken):
            tables.read_csv(io.BytesIO(raw))
