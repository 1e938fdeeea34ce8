"""Which event tells whom. A listener turns one journal entry into mails; it must not write anything else."""

from collections.abc import Callable, Iterable

from gewerk.journal.models import Entry
from gewerk.outreach.models import Mail

Listener = Callable[[Entry], Iterable[Mail]]

LISTENERS: dict[str, Listener] = {}
