"""Several at once, over real connections, on SQLite and on PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, all begun at the same moment, each in a transaction and connection of its own."""
    outcomes: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            barrier.wait()
            with writing_transaction():
                outcomes[place] = acts[place]()
        except Refusal as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert all(one is not None for one in outcomes), "somebody neither got through nor was told why"
    return outcomes


def codes(outcomes: list[Any]) -> Counter[str]:
    return Counter(one.code if isinstance(one, Refusal) else "done" for one in outcomes)
