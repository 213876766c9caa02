"""How two machines that share a secret know each other: HMAC-SHA256 over time and body. Pure."""

from __future__ import annotations

import hmac

from linli.kernel.crypto import sign

TIME_HEADER = "X-Linli-Timestamp"
SIGNATURE_HEADER = "X-Linli-Signature"
_TRUST_S = 300


def signature_of(body: bytes, *, secret: str, at_s: str) -> str:
    """The signature of ``body`` sent at ``at_s`` (seconds since the epoch, as written in the header)."""
    return sign(at_s.encode() + b"." + body, key=secret.encode())


def signed_headers(body: bytes, *, secret: str, now_s: float) -> dict[str, str]:
    """The two headers that go with a signed body."""
    at_s = str(int(now_s))
    return {TIME_HEADER: at_s, SIGNATURE_HEADER: signature_of(body, secret=secret, at_s=at_s)}


def is_genuine(body: bytes, *, secret: str, at_s: str, signature: str, now_s: float) -> bool:
    """Whether whoever knows the secret signed this body within five minutes of now. No secret: never."""
    if not secret or not at_s.isdigit() or len(at_s) > 12 or abs(int(at_s) - now_s) > _TRUST_S:
        return False
    expected = signature_of(body, secret=secret, at_s=at_s)
    return hmac.compare_digest(expected.encode(), signature.strip().encode())
