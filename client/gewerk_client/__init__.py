"""Typed client of Gewerk's public API (spec 02). No Django.

Owns: token, batches, export stream, integration runs, and what an answer means as a typed exception.
Never does: decide when to try again or what to send; that is the caller's (``gewerk_connect.push``).
Read first: ``client.py`` (the verbs) and ``session.py`` (token, one request), then ``problems.py``.
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
from gewerk_client.session import Session, json_object

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
    "Session",
    "SubPropertyType",
    "Unauthorized",
    "Unavailable",
    "json_object",
]
