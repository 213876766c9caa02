"""Personal text at rest: AES-256-GCM bound to its place, and a blind index to find an exact value again.

The keys lie in ``LINLI_HOME/keys`` (0600), never in a backup. The context (table.column.row) is authenticated, so a
ciphertext copied to another row does not open there.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from linli.kernel.errors import Invalid, declare

declare(
    "crypto.unreadable", zh="这段内容无法解密：密钥或位置不符。", en="This text cannot be opened: wrong key or place."
)

_NONCE_BYTES = 12
_INDEX_BYTES = 12
"""96 bits of the HMAC: enough to find one number among millions, too few to be taken for the number."""


def seal(text: str, *, context: str) -> bytes:
    """Encrypt ``text`` for the place ``context``; the empty text stays empty."""
    if not text:
        return b""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, text.encode(), context.encode())


def unseal(blob: bytes | memoryview, *, context: str) -> str:
    """Decrypt what :func:`seal` made for the same context; raises Invalid ``crypto.unreadable`` otherwise."""
    if not blob:
        return ""
    raw = bytes(blob)
    try:
        return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
    except InvalidTag as failed:
        raise Invalid("crypto.unreadable", context=context) from failed


def blind_index(text: str, *, context: str) -> str:
    """A keyed digest of an exact value (a whole telephone number), to find it without storing it."""
    if not text:
        return ""
    digest = _keyed().copy()  # the key is worked in once: two thirds of a short digest's time
    digest.update(f"{context}\x00{text}".encode())
    return digest.digest()[:_INDEX_BYTES].hex()


def house_key(context: str) -> bytes:
    """32 bytes that belong to this house and this ``context``, from the key file: the same each time, never stored."""
    return hmac.digest(_key("index"), f"house\x00{context}".encode(), "sha256")


def sign(message: bytes, *, key: bytes) -> str:
    """HMAC-SHA256 in hex, for files that cross separated networks."""
    return hmac.new(key, message, hashlib.sha256).hexdigest()


@functools.cache
def _cipher() -> AESGCM:
    return AESGCM(_key("field"))


@functools.cache
def _keyed() -> hmac.HMAC:
    return hmac.new(_key("index"), digestmod="sha256")


@functools.cache
def _key(name: str) -> bytes:
    folder = Path(settings.LINLI_HOME) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.key"
    if not path.exists():
        _create(path)
    return bytes.fromhex(path.read_text().strip())


def _create(path: Path) -> None:
    # Written aside and linked: two processes starting together agree on whichever link came first.
    aside = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_hex(32))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
