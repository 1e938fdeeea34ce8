"""Stems of German words, for search: what a clerk types in one form finds what was written in another.

CISTEM (Weissweiler and Fraser, "Developing a Stemmer for German Based on a Comparative Analysis of Publicly Available
Stemmers", GSCL 2017), on folded words (``folding``): Heizungen, Heizung; tropft, tropfen; Fenstern, Fenster.
"""

SHORTEST = 4
"""A shorter stem would find half the dictionary; the word itself is taken then."""


def stem(folded: str) -> str:
    """The stem of one folded word in its short spelling (``fold_short``). Numbers and short words stay as they are."""
    if len(folded) <= SHORTEST or not folded.isalpha():
        return folded
    word = folded[2:] if folded.startswith("ge") and len(folded) >= 6 else folded
    while len(word) > SHORTEST:
        if len(word) > 5 and word.endswith(("em", "er", "nd")):
            word = word[:-2]
        elif word.endswith(("e", "s", "n", "t")):
            word = word[:-1]
        else:
            break
    return word
