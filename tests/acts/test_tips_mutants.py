"""Each guard of anonymous tips taken away is seen, or the tests beside guard nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from linli.kernel import clock
from linli.kernel.boxes import box
from linli.kernel.errors import Conflict
from linli.kernel.ids import new_id
from linli.tips.receipts.models import WrongHour
from linli.tips.receipts.queries import let_look, this_hour
from linli.tips.receipts.rules import WRONG_AN_HOUR
from linli.tips.talk import acts
from linli.tips.talk.models import Tip, TipQuery
from linli.tips.talk.queries import counted, tips_of
from tests import tipping
from tests.tipping import DOOR, RECEIPT, SEEN, by_giver, given
from tests.town import Town, build_town

pytestmark = pytest.mark.django_db


def leaks(town: Town) -> set[str]:
    """What strangers, thieves and whoever is meant could learn of four tips."""
    found: set[str] = set()
    officer, name = town.actor("community_officer"), town.people["community_officer"].name
    given(town, receipt="1" * 16, concerns="room")
    given(town, receipt="2" * 16, what=f"{name}收钱")
    later = given(town, receipt="3" * 16, what="夜里有响动")
    acts.write_again(DOOR, opened=by_giver(later), text=f"是{name}")
    if tips_of(officer):
        found.add("the officer whom it is about")
    given(town)
    if tips_of(town.actor("station_chief")) or tips_of(town.actor("other_officer")):
        found.add("a stranger")
    rows = tipping.every_row()
    if SEEN in rows or RECEIPT in rows:
        found.add("a thief")
    if any(key.version == 7 for key in Tip.objects.values_list("pk", flat=True)):
        found.add("the moment of a tip")
    if RECEIPT in rows or not _guesser_is_stopped():
        found.add("a guesser")
    if counted(clock.today() - timedelta(days=1)).given is not None:
        found.add("a small number")
    return found


def _guesser_is_stopped() -> bool:
    """Whether the house refuses the receipt after the six hundred wrong ones of an hour."""
    WrongHour.objects.update_or_create(hour_at=this_hour(), defaults={"wrong": WRONG_AN_HOUR})
    try:
        let_look()
    except Conflict:
        return True
    return False


def _plainly(plain: bytes, to: bytes, context: str) -> bytes:
    """A box with its words written on the lid."""
    return box(plain, to=to, context=context) + (plain if SEEN.encode() in plain else b"")


MUTANTS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "everybody sees every tip": (
        "a stranger",
        lambda patch: patch.setattr(TipQuery, "visible_to", lambda self, actor: self.all()),
    ),
    "whom it is about does not count": (
        "the officer whom it is about",
        lambda patch: patch.setattr("linli.tips.talk.acts.giving.readers_of", lambda wanted, known: list(known)),
    ),
    "names in the text do not count": (
        "the officer whom it is about",
        lambda patch: patch.setattr("linli.tips.talk.acts.giving.named_in", lambda text, known: frozenset()),
    ),
    "keys are not turned": (
        "the officer whom it is about",
        lambda patch: patch.setattr("linli.tips.talk.acts.giving.turn_keys", lambda opened, keep: opened),
    ),
    "words are boxed for nobody": (
        "a thief",
        lambda patch: patch.setattr(
            "linli.tips.talk.acts.sealing.box", lambda plain, *, to, context: _plainly(plain, to, context)
        ),
    ),
    "keys are drawn by the clock": (
        "the moment of a tip",
        lambda patch: patch.setattr("linli.tips.talk.acts.giving.drawn_id", new_id),
    ),
    "guesses are not counted": (
        "a guesser",
        lambda patch: patch.setattr("linli.tips.receipts.queries.may_guess", lambda wrong: True),
    ),
    "small numbers are told": (
        "a small number",
        lambda patch: patch.setattr("linli.tips.talk.queries.reading.told_count", lambda count: count),
    ),
}


@pytest.mark.parametrize("name", ["", *MUTANTS])
def test_a_guard_taken_away_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tipping.quicken(monkeypatch)
    town = build_town(rooms=2)
    tipping.desk_person(town)
    tipping.with_keys(town, "community_officer", "other_officer", "station_chief", "tips_desk")
    if not name:
        assert leaks(town) == set()
        return
    seen, break_it = MUTANTS[name]
    break_it(monkeypatch)
    assert seen in leaks(town)
