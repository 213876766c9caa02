"""Boxes that only the holder of a private key opens, locks under a key, and keys made of what a person knows.

A box is HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), a lock AES-256-GCM, a stretched secret Argon2id (RFC 9106).
All three come from `cryptography`; nothing here is an invention of ours. Contexts are authenticated: what was made for
one place does not open in another.
"""

from __future__ import annotations

import hmac
import os
import threading
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from linli.kernel.errors import Conflict, Invalid, declare

declare(
    "boxes.shut", zh="打不开：密语不对，或内容已损坏。", en="This does not open: the secret is wrong, or it is damaged."
)
declare(
    "boxes.busy", zh="现在人多，请过一分钟再试。", en="Many people are at this just now; please try again in a minute."
)

KEY_BYTES = 32
_NONCE_BYTES = 12
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB and passes over it, in one lane."""

    memory_kib: int
    passes: int


COST = Cost(memory_kib=65_536, passes=3)
"""RFC 9106, second recommendation: 64 MiB and three passes; about 0.3 s of one core of 2025."""
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)
"""A process stretches one secret at a time: a flood of guesses costs 64 MiB and one core, never all."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key and its public half, 32 bytes each."""

    private: bytes
    public: bytes


def new_pair() -> Pair:
    """A new key pair."""
    private = X25519PrivateKey.generate()
    return Pair(private.private_bytes_raw(), private.public_key().public_bytes_raw())


def public_of(private: bytes) -> bytes:
    """The public half of a private key; any 32 bytes are one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def box(plain: bytes, *, to: bytes, context: str) -> bytes:
    """Seal for whoever holds the private half of ``to``; who sealed it cannot open it again."""
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(to), info=context.encode())


def open_box(sealed: bytes | memoryview, *, private: bytes, context: str) -> bytes:
    """What :func:`box` sealed; raises Invalid ``boxes.shut`` for another key, another place, or a changed byte."""
    try:
        return _SUITE.decrypt(bytes(sealed), X25519PrivateKey.from_private_bytes(private), info=context.encode())
    except (InvalidTag, ValueError) as failed:
        raise Invalid("boxes.shut") from failed


def lock(plain: bytes, *, key: bytes, context: str) -> bytes:
    """Seal under a key of 32 bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unlock(sealed: bytes | memoryview, *, key: bytes, context: str) -> bytes:
    """What :func:`lock` sealed; raises Invalid ``boxes.shut`` otherwise."""
    raw = bytes(sealed)
    try:
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as failed:
        raise Invalid("boxes.shut") from failed


def stretched(secret: str, *, salt: bytes) -> bytes:
    """A key of 32 bytes from what a person knows, at :data:`COST`. Raises Conflict ``boxes.busy`` after 20 s in line.

    Call it outside a transaction: on SQLite it would keep everybody else from writing meanwhile.
    """
    if not _ONE_AT_A_TIME.acquire(timeout=_WAIT_S):
        raise Conflict("boxes.busy")
    try:
        return Argon2id(
            salt=salt, length=KEY_BYTES, iterations=COST.passes, lanes=1, memory_cost=COST.memory_kib
        ).derive(secret.encode())
    finally:
        _ONE_AT_A_TIME.release()


def part(key: bytes, name: str) -> bytes:
    """One of several independent keys of 32 bytes from one: knowing one says nothing of the others."""
    return hmac.digest(key, name.encode(), "sha256")
