"""Dates as ERPs write them (``01.03.2021``, ``2021-03-01``, ``20210301``), as day numbers, cached: there are few days."""

import re
from datetime import date

OPEN = 0
"""No date: open towards that side. (Day numbers start at 1.)"""
IMPOSSIBLE = -1
"""There is a text and it is no day of the calendar (``31.02.2020``): the contract is held (rule 4)."""

_FORMS = (
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?: 00:00(?::00)?)?"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})"),
)
_NOTHING = frozenset({"", "-", "00000000", "00.00.0000", "0000-00-00"})
FAR_FUTURE_YEAR = 9999
"""SAP writes the open end as 31.12.9999."""


class Days(dict[str, int]):
    """Text -> day number (``date.toordinal``), ``OPEN`` or ``IMPOSSIBLE``; each text is read once.

    A day/month/year with slashes is read day first, as Austria, Germany and Great Britain write it.
    """

    def __missing__(self, text: str) -> int:
        number = self[text] = _read(text)
        return number


def _read(text: str) -> int:
    stripped = text.strip()
    if stripped in _NOTHING:
        return OPEN
    for form in _FORMS:
        if found := form.fullmatch(stripped):
            year, month, day = (int(found[part]) for part in "ymd")
            if year == FAR_FUTURE_YEAR:
                return OPEN
            try:
                return date(year, month, day).toordinal()
            except ValueError:
                return IMPOSSIBLE
    return IMPOSSIBLE
