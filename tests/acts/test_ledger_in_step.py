"""The list of reach and the word index after any sequence of acts are what building them anew makes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.matters.handovers.acts import move_handover, open_handover
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter, share
from linli.matters.ledger.models import Listing, Matter
from linli.matters.routing.acts import place_matter, recategorise
from linli.matters.search.acts import rebuild
from linli.matters.search.models import Words
from linli.operations.dispatch.acts import give_order
from linli.org.agencies.models import Agency
from tests.contracts import house
from tests.town import SETUP, Town, build_town, call

STEPS = 40


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


class Life:
    """Somebody does something to some matter, again and again; what the rules refuse is no step."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)
        self.done: list[str] = []

    def some(self, kind: str = "") -> Matter:
        rows = Matter.objects.filter(kind=kind) if kind else Matter.objects.all()
        return self.chance.choice(list(rows.select_related("agency", "station")))

    def room(self) -> Agency:
        return self.chance.choice(self.town.rooms)

    def spot(self) -> tuple[float, float]:
        return self.town.spot(self.chance.randrange(3))

    def steps(self) -> dict[str, Callable[[], object]]:
        town, desk, chance = self.town, SETUP, self.chance
        return {
            "call": lambda: call(desk, town, room=chance.randrange(3), category=chance.choice(("1040", "1060"))),
            "open": lambda: open_matter(
                desk, kind="dispute", title="围墙", details={"cause": "占道"}, place=Placed(agency=self.room())
            ),
            "assign": lambda: assign_matter(desk, matter=self.some("dispute"), assignee=town.people["other_officer"]),
            "send down": lambda: assign_matter(desk, matter=self.some(), agency=chance.choice(town.rooms)),
            "share": lambda: share(self.some(), chance.choice([*town.rooms, town.partner]).pk),
            "place": lambda: place_matter(desk, matter=self.some(), lon=self.spot()[0], lat=self.spot()[1]),
            "recategorise": lambda: recategorise(desk, matter=self.some("incident"), category_code="1010"),
            "order": lambda: give_order(desk, matter=self.some("incident"), unit=chance.choice(town.units)),
            "settle": lambda: move_matter(desk, matter=self.some("dispute"), move="settle", facts={"outcome": "和解"}),
            "close": lambda: move_matter(desk, matter=self.some(), move="close"),
            "reopen": lambda: move_matter(desk, matter=self.some(), move="reopen", facts={"reason": "复发"}),
            "void": lambda: move_matter(desk, matter=self.some("incident"), move="void", facts={"reason": "误报"}),
            "late": lambda: Matter.objects.filter(pk=self.some().pk).update(late_since=clock.now()),
            "due": lambda: Matter.objects.filter(pk=self.some().pk).update(due_at=clock.now() + timedelta(days=2)),
        }

    def live(self) -> None:
        for name in ("call", "open"):
            self.steps()[name]()
        for _ in range(STEPS):
            name = self.chance.choice(sorted(self.steps()))
            try:
                self.steps()[name]()
                self.done.append(name)
            except Refusal:
                continue


def kept() -> tuple[list[object], dict[int, set[str]]]:
    return sorted(Listing.objects.values_list(), key=repr), {one.line: set(one.grams) for one in Words.objects.all()}


@pytest.mark.parametrize("seed", range(2))
def test_any_life_keeps_list_and_words_in_step(town: Town, seed: int) -> None:
    life = Life(town, seed)
    life.live()
    assert len(set(life.done)) > 7, life.done
    before = kept()
    rebuild()
    assert kept() == before


def test_a_handed_over_matter_is_seen_by_who_has_it_and_comes_back(town: Town) -> None:
    matter = call(SETUP, town, room=0)
    ticket = open_handover(SETUP, matter=matter, to_agency=town.partner, mode="hand_over", text="请办")
    partner = town.actor("partner_officer")
    assert Matter.objects.visible_to(partner).filter(pk=matter.pk).exists()
    move_handover(SETUP, handover=ticket, move="accept")
    move_handover(SETUP, handover=ticket, move="decline", answer="不属本单位")
    before = kept()
    rebuild()
    assert kept() == before


RAW = re.compile(r"UPDATE\s+\"?matters_matter|INSERT\s+INTO\s+\"?matters_matter\b", re.IGNORECASE)


@pytest.mark.once
def test_nobody_writes_matters_past_their_query() -> None:
    """Only ``MatterQuery`` announces what it wrote: SQL of one's own would leave the list behind."""
    found = [path.name for path in house.ROOT.rglob("*.py") if RAW.search(path.read_text())]
    assert not found
    assert RAW.search('cursor.execute("UPDATE matters_matter SET state = 1")'), "the sweep sees what it guards against"
    bulk = [
        path.name
        for path in house.ROOT.rglob("*.py")
        if re.search(r"Matter\._base_manager|Matter\.objects\.raw|_raw_delete", path.read_text())
    ]
    assert not bulk


def test_the_comparison_sees_an_update_past_the_query(town: Town) -> None:
    """The mutant: a write that announces nothing leaves the list behind, and the comparison above says so."""
    matter = call(SETUP, town, room=0)
    super(type(Matter.objects.all()), Matter.objects.filter(pk=matter.pk)).update(state="done", priority=1)
    before = kept()
    rebuild()
    assert kept() != before
