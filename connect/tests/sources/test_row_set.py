"""The law of a row set: equal exactly when the files hold the same rows the same number of times."""

import csv
import io
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from gewerk_connect.sources.row_set import csv_row_set, row_set
from hypothesis import given
from hypothesis import strategies as st

HEADER = ["number", "name"]
CELLS = st.text(alphabet="ab1 ,-\"'\né", max_size=4)
PLAIN = st.text(alphabet="ab1 -'é", max_size=4)


def _rows(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.tuples(cells, cells).map(list), max_size=6)


def _written(rows: Sequence[Sequence[str]], end: str, quoting: int, *, last_end: bool = True) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator=end, quoting=quoting).writerows([HEADER, *rows])  # type: ignore[arg-type]
    data = text.getvalue().encode()
    return data if last_end else data.removesuffix(end.encode())


def _set(data: bytes) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(data)
        return csv_row_set(path, ";")


QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
ENDS = st.sampled_from(["\n", "\r\n"])


@given(_rows(CELLS), _rows(CELLS), ENDS, QUOTING, st.booleans(), st.booleans())
def test_never_equal_for_other_rows(
    first: list[list[str]], second: list[list[str]], end: str, quoting: int, one_end: bool, other_end: bool
) -> None:
    one = _set(_written(first, end, quoting, last_end=one_end))
    other = _set(_written(second, end, quoting, last_end=other_end))
    if one is not None and one == other:
        assert Counter(map(tuple, first)) == Counter(map(tuple, second))


@given(_rows(PLAIN), ENDS, QUOTING, st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_equal_in_any_order(
    rows: list[list[str]], end: str, quoting: int, one_end: bool, other_end: bool, chance: random.Random
) -> None:
    if one_end != other_end and not rows:
        return  # then the header is the last line, and it keeps its end
    mixed = list(rows)
    chance.shuffle(mixed)
    one = _set(_written(rows, end, quoting, last_end=one_end))
    assert one is not None
    assert one == _set(_written(mixed, end, quoting, last_end=other_end))


@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=2, max_size=6), st.data())
def test_rows_that_exchange_cells_are_other_rows(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    at, to = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    other = list(rows)
    other[at], other[to] = (rows[at][0], rows[to][1]), (rows[to][0], rows[at][1])
    same = Counter(rows) == Counter(other)
    one, two = (_set(_written(some, "\n", csv.QUOTE_MINIMAL)) for some in (rows, other))
    assert (one == two) == same


@pytest.mark.parametrize(
    ("data", "tells"),
    [
        (b"a;b\n1;2\n", True),
        (b'a;b\n"1";"2"\n', True),
        (b'a;b\n"1";"2;""x"""\n\n', True),
        (b'a;b\n"1\n";2\n', False),
        (b'a;b\n"1\r";2\n', False),
        (b'a;b\n1";"2\n3";4\n', False),
        (b'a;b\n1;"2\n', False),
    ],
)
def test_lines_tell_the_rows_only_where_no_row_has_two(data: bytes, tells: bool) -> None:
    assert (_set(data) is not None) == tells


def test_the_header_is_no_row_and_the_lines_of_a_snapshot_have_none(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b"[1]\n[2]\n")
    first = row_set(path)
    path.write_bytes(b"[2]\n[1]\n")
    assert row_set(path) == first
    assert row_set(path, has_header=True) != row_set(path)
    assert _set(b"a;b\n1;2\n") != _set(b"1;2\na;b\n")
    assert _set(b"a;b\n1;2\n") != _set(b"a;c\n1;2\n")
