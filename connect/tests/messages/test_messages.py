import string

import pytest
from gewerk_connect.canonical import FindingCode
from gewerk_connect.cli.help import HELP
from gewerk_connect.messages import FINDINGS, language_from
from gewerk_connect.messages.words import _WORDS
from gewerk_connect.service.web.words import SKIPPED as PAGE_WORDS
from gewerk_connect.stock import verdicts
from gewerk_connect.stock.stock import SKIPPED


def test_every_kind_of_finding_says_what_is_to_be_done() -> None:
    assert set(FINDINGS) == set(FindingCode)
    for text in FINDINGS.values():
        assert all(text)
        assert text.todo_de != text.todo_en


def test_every_reason_to_leave_a_record_out_is_named_on_screen_and_page() -> None:
    counted = {*SKIPPED, *(reason for code, reason in verdicts.REASONS.items() if code >= verdicts.FIRST_HELD)}
    assert counted <= set(_WORDS)
    assert counted <= set(PAGE_WORDS)


@pytest.mark.parametrize("words", [_WORDS, HELP])
def test_both_languages_have_the_same_blanks(words: dict[str, tuple[str, str]]) -> None:
    for name, (german, english) in words.items():
        blanks = [{blank for _, blank, _, _ in string.Formatter().parse(text) if blank} for text in (german, english)]
        assert blanks[0] == blanks[1], name
        assert german, name
        assert english, name


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "de"),
        ({"LANG": "C.UTF-8"}, "de"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "GEWERK_LANG": "en"}, "en"),
    ],
)
def test_the_language_comes_from_the_environment(environment: dict[str, str], language: str) -> None:
    assert language_from(environment) == language
