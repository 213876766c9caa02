"""Keys are UUIDv7, made by whoever creates the row; the public number comes from the server."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7


def drawn_id() -> uuid.UUID:
    """A key drawn by chance, for the few rows that must not tell when they were made (anonymous tips)."""
    return uuid.uuid4()


def new_id() -> uuid.UUID:
    """A new key whose first 48 bits are the time, so that rows made together lie together."""
    return uuid7()
