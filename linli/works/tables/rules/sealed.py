"""Rows of a personal register on their way to a peer: sealed under a key that only the two of them can make. Pure but
for the chance in a nonce.

The key is HKDF-SHA256 (RFC 5869) of the shared key of the bundles, with a purpose of its own; the rows are AES-256-GCM
bound to who sends, who reads, which register and which piece: a piece that is put elsewhere does not open.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linli.kernel.errors import Invalid, declare

declare("feed.not_opened", zh="密封的行打不开：密钥或收件方不符。", en="Sealed rows do not open: wrong key or reader.")

ALGORITHM = "AES-256-GCM"
_NONCE_BYTES = 12
_ROWS, _DIGEST = b"linli table rows 1", b"linli table digest 1"


@dataclass(frozen=True, slots=True)
class Way:
    """From whom to whom, which register, and which of how many pieces."""

    sender: str
    receiver: str
    kind: str
    part: int
    of: int

    @property
    def bound(self) -> bytes:
        """What is authenticated with the rows."""
        return json.dumps([self.sender, self.receiver, self.kind, self.part, self.of], ensure_ascii=False).encode()


def _key(shared: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(shared.encode())


def seal_rows(rows: dict[str, Any], *, way: Way, shared: str) -> str:
    """``rows`` (columns and rows) as base64 of nonce and ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(rows, ensure_ascii=False).encode()
    return base64.b64encode(nonce + AESGCM(_key(shared, _ROWS)).encrypt(nonce, plain, way.bound)).decode()


def open_rows(sealed: str, *, way: Way, shared: str) -> dict[str, Any]:
    """What :func:`seal_rows` sealed for the same way; raises Invalid ``feed.not_opened``."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        found = json.loads(AESGCM(_key(shared, _ROWS)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], way.bound))
    except (InvalidTag, ValueError) as failed:
        raise Invalid("feed.not_opened") from failed
    if not isinstance(found, dict):
        raise Invalid("feed.not_opened")
    return found


def keyed_digest(shared: str) -> hmac.HMAC:
    """A digest of rows that only the two can make: a plain one of few rows could be guessed back."""
    return hmac.new(_key(shared, _DIGEST), digestmod="sha256")
