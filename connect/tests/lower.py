"""What the tests of the lower river share: a river over the stand-in, and its clock."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fake_upper import FakeUpper, connection
from gewerk_connect import run
from gewerk_connect.push import Patience
from gewerk_connect.report import Outcome
from gewerk_connect.targets import open_target
from standin import StandIn

AS_OF = date(2026, 11, 22)


def now() -> datetime:
    return datetime.now(UTC)


def quick_patience() -> Patience:
    return Patience(first_wait=0.01, longest_wait=0.05, give_up_after=1.0)


def river(folder: Path, api: StandIn, rows: Any, *, separator: str = "-", **options: Any) -> run.River:
    upper = rows if isinstance(rows, FakeUpper) else FakeUpper(rows)
    settings = {name: options.pop(name) for name in ("objects_gone",) if name in options}
    made = connection(folder, api.url, options.pop("secret", api.secret), separator=separator, **settings)
    target = open_target(made.target, language="de") if made.target else None
    defaults = {"as_of": AS_OF, "now": now, "patience": quick_patience()}
    return run.River(connection=made, upper=upper, target=target, **{**defaults, **options})


def apply(folder: Path, api: StandIn, rows: Any, **options: Any) -> Outcome:
    return run.apply(river(folder, api, rows, **options))


def plan(folder: Path, api: StandIn, rows: Any, **options: Any) -> Outcome:
    return run.plan(river(folder, api, rows, **options))


def totals(outcome: Outcome) -> dict[str, int]:
    """The counts of all entities together."""
    sums: dict[str, int] = {}
    for of in outcome.counts.values():
        for name, count in of.items():
            sums[name] = sums.get(name, 0) + count
    return sums
