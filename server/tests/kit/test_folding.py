"""Folding: what is typed finds what is stored, and the quick ways give what the long way does."""

import unicodedata

import pytest
from gewerk.kit.folding import _GERMAN, _NOT_WORD, _STREET, fold, fold_short
from hypothesis import given
from hypothesis import strategies as st


def by_the_long_way(text):
    lowered = unicodedata.normalize("NFC", text).casefold().replace("i̇", "i")
    spelled = lowered.translate(_GERMAN)
    apart = unicodedata.normalize("NFKD", spelled).casefold().translate(_GERMAN)
    plain = "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", _STREET.sub("strasse", plain)).strip()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mueller", "Müller"),
        ("MÜLLER", "Mu\u0308ller"),
        ("Lindemannstr. 66", "Lindemannstraße 66"),
        ("Strasse des 17. Juni", "STRAẞE DES 17. JUNI"),
        ("1 9 66", "1-9-66"),
        ("Lodz", "Łódź"),
        ("ae", "\U00010783"),
    ],
)
def test_both_spellings_are_one(typed, stored):
    assert fold(typed) == fold(stored)


def test_the_short_spelling_finds_it_too():
    assert fold_short("Muller") == fold_short("Müller") == fold_short("Mueller")


@given(
    st.text(
        st.sampled_from("aäöüßÄÖÜẞséèøæåłđıİ STRstr.-/|12\t\n\x1c\x85'\"日🏠ﬁ½²Ⅷ\u0307\u0301\u0308\xa0"), max_size=16
    )
    | st.text(max_size=12)
)
def test_the_quick_ways_give_the_same(text):
    assert fold(text) == by_the_long_way(text)
    assert fold(fold(text)) == fold(text)
