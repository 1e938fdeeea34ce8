"""How many calls a key may make: a fixed window of one minute, counted in this process (each worker counts for itself)."""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.kit.refusals import Refusal, RefusalKind


class TooMany(Refusal):
    kind = RefusalKind.TOO_MANY
    code = "rate_limited"
    message = _("This API key makes too many calls. Wait for the seconds in Retry-After.")


@dataclass(frozen=True, slots=True)
class Window:
    limit: int
    remaining: int
    reset: int
    """Seconds until the window ends."""

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers names them."""
        return {
            "RateLimit-Policy": f'"key";q={self.limit};w=60',
            "RateLimit": f'"key";r={self.remaining};t={self.reset}',
        }


class Windows:
    """Counts calls per key and minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: Counter[UUID] = Counter()

    def take(self, key_id: UUID, *, now: datetime) -> Window:
        """Counts one call; ``remaining`` is -1 when it was one too many."""
        limit = installation().api_rate_per_minute
        seconds = int(now.timestamp())
        with self._lock:
            if seconds // 60 != self._minute:
                self._minute = seconds // 60
                self._counts.clear()
            self._counts[key_id] += 1
            used = self._counts[key_id]
        return Window(limit, max(limit - used, -1), 60 - seconds % 60)

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()


windows = Windows()
