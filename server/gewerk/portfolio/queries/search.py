"""How what a clerk types finds a record: folded words, all of which must occur, in whatever order."""

import re

from django.db.models import Q

from gewerk.kit.folding import fold, fold_short

MAX_WORDS = 8
"""Further words are ignored: nobody types them, and each costs a comparison per row."""

_NUMBER_WITH_LETTER = re.compile(r"^(\d+)([a-z])$")


def words(text: str) -> list[tuple[str, ...]]:
    """The typed words, each with its spellings: ``Müller 12a`` gives ``[("mueller", "muller"), ("12a", "12 a")]``.

    A word is what stands between blanks, so ``1-9-66`` stays one (``1 9 66``) and finds that id, not three numbers anywhere.
    """
    found: list[tuple[str, ...]] = []
    for word in text.split():
        folded = fold(word)
        if not folded:
            continue
        spellings = [folded, fold_short(word)]
        if letter := _NUMBER_WITH_LETTER.match(folded):
            spellings.append(f"{letter[1]} {letter[2]}")
        found.append(tuple(dict.fromkeys(spellings)))
    return found[:MAX_WORDS]


def contains(spellings: tuple[str, ...], *, field: str = "search") -> Q:
    """One typed word occurs in the folded column, in any of its spellings. Where the shorter one occurs within a longer one it
    is asked for alone: a text that holds the longer one holds it, and each question costs a look at every row."""
    condition = Q()
    for spelling in spellings:
        if any(other != spelling and other in spelling for other in spellings):
            continue
        condition |= Q(**{f"{field}__contains": spelling})
    return condition


def contains_all(text: str, *, field: str = "search") -> Q:
    """Every typed word occurs in the folded column. An empty text finds everything."""
    condition = Q()
    for spellings in words(text):
        condition &= contains(spellings, field=field)
    return condition


def occurs(spellings: tuple[str, ...], folded: str) -> bool:
    """The same question for a text already read."""
    return any(spelling in folded for spelling in spellings)
