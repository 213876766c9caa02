"""The colour tables there are, and the one in force."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from linli.kernel.errors import Invalid
from linli.kernel.words import Words
from linli.mediation.schemes.models import ColourScheme
from linli.mediation.schemes.rules import Scheme, parsed
from linli.org.posts.rules import POSTS

_SHIPPED = Path(__file__).parent.parent / "data" / "colours.toml"


@functools.cache
def shipped() -> dict[str, Scheme]:
    """The schemes that come with the house, by code; the first is in force until the bureau chooses."""
    tables: list[dict[str, Any]] = tomllib.loads(_SHIPPED.read_text(encoding="utf-8"))["scheme"]
    return {
        one["code"]: Scheme(one["code"], Words(one["zh"], one["en"]), parsed(one["row"], posts=POSTS)) for one in tables
    }


def schemes() -> dict[str, Scheme]:
    """Every scheme by code: the bureau's where it has written one, else as shipped."""
    own = {row.code: scheme_of(row) for row in ColourScheme.objects.filter(until__isnull=True)}
    return shipped() | own


def scheme_of(row: ColourScheme) -> Scheme:
    """A stored table as the rules take it."""
    return Scheme(row.code, Words(row.zh, row.en or row.zh), parsed(row.rows, posts=POSTS))


def in_force() -> Scheme:
    """The table by which disputes are graded now."""
    row = ColourScheme.objects.filter(until__isnull=True, in_force=True).first()
    return scheme_of(row) if row else next(iter(shipped().values()))


def scheme(code: str) -> Scheme:
    """One scheme; raises Invalid ``scheme.unknown``."""
    found = schemes().get(code)
    if found is None:
        raise Invalid("scheme.unknown", code=code[:24], field="scheme")
    return found
