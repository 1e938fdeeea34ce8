"""House numbers out of the street line (spec 01, "House numbers")."""

import re

_TAIL = re.compile(
    r"""^(?P<street>.*?\S)[ \t]*,?[ \t]+
        (?P<number>\d{1,5}
            (?:[ ]?[a-zA-Z](?![a-zA-Z]))?
            (?:[ ]?[-–/+][ ]?\d{1,5}(?:[ ]?[a-zA-Z](?![a-zA-Z]))?|[ ]?[-–][ ]?[a-zA-Z](?![a-zA-Z])|[ ]?½)*
        )[ \t]*$""",
    re.VERBOSE,
)
_HEAD = re.compile(r"^(?P<number>\d{1,5}(?:[ ]?[-–/][ ]?\d{1,5})?[a-zA-Z]?),?[ \t]+(?P<street>[^\W\d].*\S)[ \t]*$")
_NUMBER_FIRST = frozenset({"GB", "IE", "FR", "LU", "MT"})


def house_number(line: str, country: str = "DE") -> tuple[str, str | None]:
    """(street, house number): the last number with its letter or range; None where there is none, the line stays whole.

    ``Q7 24`` is street Q7, number 24. Countries that write the number first (``12 High Street``) are read that way first.
    """
    stripped = line.strip()
    forms = (_HEAD, _TAIL) if country in _NUMBER_FIRST else (_TAIL,)
    for form in forms:
        if found := form.match(stripped):
            return found["street"].rstrip(" ,"), found["number"].strip()
    return stripped, None
