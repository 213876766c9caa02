"""Reading what was sent. The incident door takes whatever can be parsed; all others want it right."""

from __future__ import annotations

import json
import zlib
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from linli.api.idempotency import body_of
from linli.api.problems import TooLarge, Unreadable

_LONG_NUMBER = 18
MOST_PLAIN_BYTES = 8_000_000
"""What a packed body may hold; a plain one is bounded before it is read."""


class StrictParser(Parser):
    """UTF-8 JSON without signs that no database keeps; anything else is refused with where it goes wrong."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The parsed body of an ordinary door."""
        body = unpacked(body_of(request), request.headers.get("Content-Encoding", ""))
        try:
            sent = json.loads(body, parse_constant=_no_constant)
        except UnicodeDecodeError as wrong:
            raise Unreadable("request.unreadable", why=f"UTF-8, byte {wrong.start}") from wrong
        except json.JSONDecodeError as wrong:
            raise Unreadable(
                "request.unreadable", why=f"JSON, line {wrong.lineno} column {wrong.colno}: {wrong.msg}"
            ) from wrong
        except (ValueError, RecursionError) as wrong:
            raise Unreadable("request.unreadable", why=f"JSON: {wrong}"[:120]) from wrong
        if cleaned(sent) != sent:
            raise Unreadable("request.unreadable", why="NUL or half a surrogate pair in a text")
        return sent


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body that came packed (``Content-Encoding: gzip``), never more of it than the door takes."""
    how = encoding.strip().lower()
    if how in ("", "identity"):
        return body
    if how not in ("gzip", "x-gzip"):
        raise Unreadable("request.unreadable", why=f"Content-Encoding: {how[:20]}")
    opening = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = opening.decompress(body, MOST_PLAIN_BYTES + 1)
    except zlib.error as broken:
        raise Unreadable("request.unreadable", why="gzip") from broken
    if len(plain) > MOST_PLAIN_BYTES:
        raise TooLarge("request.too_large", limit_kb=MOST_PLAIN_BYTES // 1000)
    if not opening.eof:
        raise Unreadable("request.unreadable", why="gzip ends early")
    return plain


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")


def lenient(body: bytes) -> dict[str, Any]:
    """A call as sent, in UTF-8 or, as older systems send, GB18030. Whatever JSON it is becomes a call; no JSON is
    refused.
    """
    try:
        sent = cleaned(json.loads(_text(body), parse_int=_number, strict=False))
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("request.unreadable", why=f"JSON: {wrong}"[:120]) from wrong
    return sent if isinstance(sent, dict) else {"narrative": sent}


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", errors="replace")


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONG_NUMBER else float(digits)


def cleaned(value: Any) -> Any:
    """The same value without NUL and half surrogate pairs, which PostgreSQL does not keep."""
    if isinstance(value, str):
        plain = value.replace("\x00", "")
        return plain if plain.isascii() else plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return value
