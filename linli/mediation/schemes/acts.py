"""Writing a colour table, and putting one in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.mediation.schemes.models import ColourScheme
from linli.mediation.schemes.queries import in_force, scheme
from linli.mediation.schemes.rules import Scheme, as_plain, parsed
from linli.org.posts.rules import POSTS


@act("colour_scheme.write", zh="编写纠纷分级办法", en="write a colour scheme", keeps=("code",))
def write_scheme(actor: Actor, *, code: str, zh: str, en: str = "", rows: Sequence[Mapping[str, Any]]) -> ColourScheme:
    """Write a table anew, from now on; cases that were graded keep the colour they have. Raises Invalid with the
    number of the row that is wrong.
    """
    if not code.isidentifier() or not zh.strip():
        raise Invalid("fact.missing", field="code" if zh.strip() else "zh")
    found = parsed(rows, posts=POSTS)
    return _put(actor, code, zh.strip(), en.strip(), [as_plain(row) for row in found], in_force().code == code)


@act("colour_scheme.choose", zh="选用纠纷分级办法", en="put a colour scheme in force", keeps=("code",))
def choose_scheme(actor: Actor, *, code: str) -> ColourScheme:
    """From now on disputes are graded by this table. Raises Invalid for one that does not exist."""
    chosen: Scheme = scheme(code)
    for row in ColourScheme.objects.filter(until__isnull=True, in_force=True).exclude(code=code):
        _put(actor, row.code, row.zh, row.en, row.rows, in_use=False)
    return _put(actor, code, chosen.words.zh, chosen.words.en, [as_plain(row) for row in chosen.rows], in_use=True)


def _put(actor: Actor, code: str, zh: str, en: str, rows: list[dict[str, Any]], in_use: bool) -> ColourScheme:
    now = clock.now()
    ColourScheme.objects.filter(code=code, until__isnull=True).update(until=now, version=F("version") + 1)
    return ColourScheme.objects.create(
        code=code, zh=zh[:60], en=en[:80], rows=rows, in_force=in_use, since=now, set_by_name=actor.name
    )
