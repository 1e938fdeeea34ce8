"""A refusal: the stable way in which an operation says no. Doors translate kinds into statuses and pages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise


class RefusalKind(StrEnum):
    INVALID = "invalid"  # 422: the input is wrong
    NOT_FOUND = "not_found"  # 404: not there, or somebody else's
    FORBIDDEN = "forbidden"  # 403: there, but this actor may not
    CONFLICT = "conflict"  # 409: the state does not allow it
    STALE = "stale"  # 412: somebody else was faster
    UNAUTHENTICATED = "unauthenticated"  # 401
    TOO_MANY = "too_many"  # 429
    TOO_LARGE = "too_large"  # 413
    UNAVAILABLE = "unavailable"  # 503: no fault of the sender's, may work later


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that is wrong. ``pointer`` is an RFC 6901 JSON pointer."""

    pointer: str
    code: str
    message: str


class Refusal(Exception):
    """Raised by an operation that says no. ``message`` is for the user, translated when shown."""

    kind: RefusalKind = RefusalKind.INVALID
    code: str = "refused"
    message: str | Promise = ""

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        kind: RefusalKind | None = None,
        code: str | None = None,
        problems: tuple[FieldProblem, ...] = (),
        **details: Any,
    ) -> None:
        self.kind = kind or self.kind
        self.code = code or self.code
        self.message = message if message is not None else self.message
        self.problems = problems
        self.details = details
        super().__init__(self.code)
