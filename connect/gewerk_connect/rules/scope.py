"""Which clients and objects are meant (rule 2): leading zeros matter, and both spellings do where only one exists."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gewerk_connect.canonical.refusals import SettingsError


@dataclass(slots=True, frozen=True)
class Scope:
    """``wanted`` None means all."""

    wanted: frozenset[str] | None
    unknown: tuple[str, ...]
    """Numbers of the setting that the source lacks, as they were written."""

    def __contains__(self, number: str) -> bool:
        return self.wanted is None or number in self.wanted


EVERYTHING = Scope(None, ())


def scope(setting: str, chosen: Iterable[str], present: Collection[str], *, exact: bool) -> Scope:
    """Finds the chosen numbers among those of the source. Raises ``SettingsError`` where two spellings could be meant."""
    chosen = list(dict.fromkeys(chosen))
    if not chosen:
        return EVERYTHING
    spellings: dict[str, list[str]] = {}
    for number in present:
        spellings.setdefault(_bare(number), []).append(number)
    wanted: set[str] = set()
    unknown = []
    for number in chosen:
        same = spellings.get(_bare(number), [])
        if number in same and (exact or len(same) == 1 or set(same) <= set(chosen)):
            wanted.add(number)
        elif exact or not same:
            unknown.append(number)
        elif len(same) == 1:
            wanted.add(same[0])
        else:
            listed = ", ".join(sorted(same))
            raise SettingsError(
                "number_ambiguous",
                f"Die Nummer {number} in {setting} ist nicht eindeutig: die Quelle hat {listed}. Nennen Sie die "
                "gemeinten in genau dieser Schreibweise und setzen Sie exact_numbers = true.",
                f"The number {number} in {setting} is ambiguous: the source has {listed}. Name those you mean "
                "in exactly this spelling and set exact_numbers = true.",
            )
    return Scope(frozenset(wanted), tuple(unknown))


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"
