"""How what a clerk types finds a ticket: folded words and their stems, all of which must occur, in whatever order."""

from django.db.models import Q

from gewerk.kit.folding import fold_short
from gewerk.kit.stemming import stem
from gewerk.portfolio.queries.search import contains, words


def found_by(text: str) -> Q:
    """``Wasserhähne tropfen`` finds ``Wasserhahn tropft``. An empty text finds everything."""
    condition = Q()
    for spellings in words(text):
        # The stem alone would do: a text that holds the word holds its beginning. A stem cut within (ge-) would not.
        stems = tuple(stem(fold_short(one)) for one in spellings if " " not in one)
        condition &= contains(tuple(dict.fromkeys((*spellings, *stems))))
    return condition
