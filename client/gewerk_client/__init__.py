"""Typed client of Gewerk's public API (spec 02). No Django.

Owns: token, batches, export stream, integration runs, and what an answer means as a typed exception.
Never does: decide when to try again or what to send; that is the caller's (``gewerk_connect.push``).
Read first: ``client.py``, then ``problems.py``.
"""

from gewerk_client.client import VERSION, Client
from gewerk_client.problems import (
    ApiError,
    Forbidden,
    NotFound,
    NotGewerk,
    Problem,
    ProblemItem,
    RateLimited,
    Refused,
    ServerFault,
    Unauthorized,
    Unavailable,
)
from gewerk_client.records import (
    EXPORT_TYPES,
    BatchProblem,
    IntegrationInput,
    Resource,
    Result,
    RunInput,
    SubPropertyType,
)

__all__ = [
    "EXPORT_TYPES",
    "VERSION",
    "ApiError",
    "BatchProblem",
    "Client",
    "Forbidden",
    "IntegrationInput",
    "NotFound",
    "NotGewerk",
    "Problem",
    "ProblemItem",
    "RateLimited",
    "Refused",
    "Resource",
    "Result",
    "RunInput",
    "ServerFault",
    "SubPropertyType",
    "Unauthorized",
    "Unavailable",
]
