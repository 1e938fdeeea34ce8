"""UUID version 7 (RFC 9562, 5.7): time-ordered, so that rows made together lie together on disk."""

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (
        (milliseconds & 0xFFFFFFFFFFFF) << 80
        | 0x7 << 76
        | (random >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | (random & 0x3FFFFFFFFFFFFFFF)
    )
    return uuid.UUID(int=value)


def new_ids(count: int) -> list[uuid.UUID]:
    """``count`` fresh UUIDv7 of this millisecond, for a batch: the random bits are fetched at once."""
    milliseconds = time.time_ns() // 1_000_000
    top = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | 0b10 << 62
    bits = os.urandom(10 * count)
    ids = []
    for start in range(0, 10 * count, 10):
        random = int.from_bytes(bits[start : start + 10], "big")
        ids.append(uuid.UUID(int=top | (random >> 68 & 0xFFF) << 64 | (random & 0x3FFFFFFFFFFFFFFF)))
    return ids
