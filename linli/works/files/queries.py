"""Reading files out of the store."""

from __future__ import annotations

from typing import IO, cast

from django.core.files.storage import default_storage


def place_of(sha256: str) -> str:
    """Where a file lies in the store."""
    return f"{sha256[:2]}/{sha256}"


def open_file(sha256: str) -> IO[bytes]:
    """The bytes of a stored file; raises FileNotFoundError when the store lost them."""
    return cast("IO[bytes]", default_storage.open(place_of(sha256), "rb"))
