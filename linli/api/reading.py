"""Reading what was sent. The incident door takes whatever can be parsed; all others want it right."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from linli.api.idempotency import body_of
from linli.api.problems import Unreadable

_LONG_NUMBER = 18


class StrictParser(Parser):
    """UTF-8 JSON without signs that no database keeps; anything else is refused with where it goes wrong."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The parsed body of an ordinary door."""
        body = body_of(request)
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
