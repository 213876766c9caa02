"""How much comes in at once, and how often a follow code is guessed."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import report_by_code
from linli.matters.public.rules import Buckets

_AT_ONCE, _EACH_S = 300.0, 5.0
_GUESSES, _GUESSES_EACH_S = 10.0, 10.0 / 3600
INTAKE = Buckets(capacity=_AT_ONCE, per_s=_EACH_S)
"""By form and area: 300 at once, 5 a second from then on."""
GUESSES = Buckets(capacity=_GUESSES, per_s=_GUESSES_EACH_S)
"""Wrong follow codes by number: ten, then one every six minutes."""


class TooMany(Refusal):
    """More than is taken at once; ``again_in_s`` says when to come again."""

    status = 429


def let_in(form: str, area: str) -> None:
    """Take one from the bucket of a form and an area; raises TooMany saying when to come again."""
    wait_s = INTAKE.take(f"{form} {area}", clock.now().timestamp())
    if wait_s:
        raise TooMany("public.too_many", minutes=max(1, round(wait_s / 60)), again_in_s=int(wait_s) + 1)


def found_by_code(number: str, code: str) -> PublicReport | None:
    """The report with this number and follow code, or None. After ten wrong codes for a number an hour raises TooMany,
    whatever the code is: who guesses on learns nothing.
    """
    key = number.strip().upper()[:32]
    wait_s = GUESSES.take(key, clock.now().timestamp())
    if wait_s:
        raise TooMany("public.guesses", minutes=max(1, round(wait_s / 60)), again_in_s=int(wait_s) + 1)
    found = report_by_code(key, code)
    if found is not None:
        GUESSES.give_back(key)
    return found
