"""A POST repeated with the same ``Idempotency-Key`` gets the answer of the first one (IETF draft-ietf-httpapi-idempotency-key-header)."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import IdempotentAnswer
from gewerk.kit.refusals import Refusal

LIFE = timedelta(hours=24)


class IdempotencyKeyReused(Refusal):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request. Take a new one for each request.")


@dataclass(frozen=True, slots=True)
class Remembered:
    status: int
    headers: dict[str, str]
    body: bytes


def reserve_answer(*, key_id: UUID, idempotency_key: str, request: bytes, now: datetime) -> Remembered | int:
    """The answer given before, or the number under which ``remember_answer`` keeps the one to come.

    ``request`` is method, path and body. Runs in the request's transaction: a refused request leaves no trace, and a
    second one at the same time waits for the first. Raises ``IdempotencyKeyReused`` for another request under the same key.
    """
    mark = blake2b(request, digest_size=32).digest()
    mine = IdempotentAnswer.objects.filter(key_id=key_id, idempotency_key=idempotency_key)
    mine.filter(created_at__lte=now - LIFE).delete()
    found = mine.first()
    if found is None:
        try:
            with transaction.atomic():
                row = IdempotentAnswer.objects.create(
                    key_id=key_id,
                    idempotency_key=idempotency_key,
                    request_hash=mark,
                    status=0,
                    body=b"",
                    created_at=now,
                )
            return row.pk
        except IntegrityError:
            found = mine.get()
    if bytes(found.request_hash) != mark:
        raise IdempotencyKeyReused
    head, _sep, body = zlib.decompress(bytes(found.body)).partition(b"\n\n")
    pairs = (line.partition(": ")[::2] for line in head.decode().splitlines())
    return Remembered(found.status, dict(pairs), body)


def remember_answer(*, number: int, status: int, headers: dict[str, str], body: bytes) -> None:
    """Keeps the answer under ``number`` for 24 hours."""
    head = "\n".join(f"{name}: {value}" for name, value in headers.items()).encode()
    kept = zlib.compress(head + b"\n\n" + body, level=1)
    IdempotentAnswer.objects.filter(pk=number).update(status=status, body=kept)
