"""Client and object numbers, the usage table, decimals."""

import pytest
from gewerk_connect.canonical import SettingsError
from gewerk_connect.rules.numbers import decimal_text, whole_number
from gewerk_connect.rules.scope import scope
from gewerk_connect.rules.usage import UsageTable


def chosen(numbers: list[str], present: set[str], *, exact: bool = False) -> tuple[set[str], tuple[str, ...]]:
    found = scope("clients", numbers, present, exact=exact)
    return set(found.wanted or ()), found.unknown


def test_no_number_means_all() -> None:
    assert "1" in scope("clients", [], {"1"}, exact=False)


def test_both_spellings_do_where_only_one_exists() -> None:
    assert chosen(["1"], {"0001", "0002"}) == ({"0001"}, ())
    assert chosen(["0001"], {"1", "2"}) == ({"1"}, ())
    assert chosen(["1"], {"1", "2"}) == ({"1"}, ())


def test_where_both_exist_it_asks() -> None:
    with pytest.raises(SettingsError, match="0001, 1"):
        chosen(["1"], {"1", "0001"})
    with pytest.raises(SettingsError, match="0001, 1"):
        chosen(["01"], {"1", "0001"})


def test_both_named_or_exact_is_an_answer() -> None:
    assert chosen(["1", "0001"], {"1", "0001"}) == ({"1", "0001"}, ())
    assert chosen(["1"], {"1", "0001"}, exact=True) == ({"1"}, ())
    assert chosen(["01"], {"1", "0001"}, exact=True) == (set(), ("01",))


def test_numbers_that_the_source_lacks_are_named() -> None:
    assert chosen(["1", "9", "0"], {"1"}) == ({"1"}, ("9", "0"))


def test_usage_tables() -> None:
    table = UsageTable({"Atelier": "commercial", "Lager": "other"}, {"Lager": "storage", "Stellplatz außen": "parking"})
    assert table.find("  ATELIER ") == "commercial"
    assert table.find("Lager") == "other"
    assert table.find("stellplatz  AUSSEN") == "parking"
    assert table.find("") == "other"
    assert table.find("Hobbyraum") is None


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("64,35", ",", "64.35"),
        ("88,00", ",", "88.00"),
        ("1.234,50", ",", "1234.50"),
        ("64.35", ".", "64.35"),
        ("1,234.5", ".", "1234.5"),
        ("2,5", "auto", "2.5"),
        ("2.5", "auto", "2.5"),
        ("1.234,5", "auto", "1234.5"),
        ("70 m²", "auto", "70"),
        ("70,5 qm", ",", "70.5"),
        ("ca. 50", ",", None),
        ("1,2,3", ",", None),
        ("NaN", ".", None),
    ],
)
def test_decimals(text: str, mark: str, number: str | None) -> None:
    assert decimal_text(text, mark) == number


@pytest.mark.parametrize(
    ("text", "number"), [("1999", 1999), ("1999.0", 1999), ("um 1900", None), ("-3", None), ("²", None)]
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole_number(text) == number
