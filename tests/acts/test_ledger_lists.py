"""Lists, counts, filters and words of the ledger: the list, its count and ``visible_to`` say the same, always."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, assign_matter, open_matter, share
from linli.matters.ledger.models import Listing, Matter
from linli.matters.ledger.queries import Count, count_of, hits, matters_where, page_of
from linli.matters.ledger.queries.pages import page_and_count, read_place
from linli.matters.ledger.rules import FILTERS, line_of
from linli.matters.parties.models import party_of
from linli.matters.routing.acts import place_matter, recategorise
from linli.matters.search.acts import rebuild
from linli.matters.search.models import Words
from linli.matters.search.queries import search
from tests.town import Town, build_town, call

POSTS = ("dispatcher", "station_chief", "community_officer", "other_officer", "auxiliary", "grid_worker")


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def lived_in(town: Town) -> dict[str, Matter]:
    """A little of everything: calls at two rooms, a dispute, a hazard that is late, one shared, one assigned."""
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    made = {
        "first": call(desk, town, room=0, address="柳林村3组12号"),
        "again": call(desk, town, room=0, address="柳林村3组12号"),
        "theft": call(desk, town, room=1, category="1040", address="南大街58号", narrative="电动车被偷"),
        "void": call(desk, town, room=1, category="5010"),
        "elsewhere": call(desk, town, room=2, caller={"name": "乙某", "phone": "13700002222"}),
        "nowhere": call(desk, town, lon=None, lat=None),
    }
    room = town.rooms[0]
    place = Placed(agency=room, station=town.station, address="刘家巷7号")
    made["dispute"] = open_matter(
        officer, kind="dispute", title="围墙纠纷", details={"cause": "占道", "colour": "red"}, place=place
    )
    made["hazard"] = open_matter(officer, kind="hazard", title="井盖松动", details={"what": "井盖"}, place=place)
    Matter.objects.filter(pk=made["hazard"].pk).update(due_at=clock.now() - timedelta(hours=1))
    Matter.objects.filter(pk=made["void"].pk).update(state="void", closed_at=clock.now())
    assign_matter(town.actor("station_chief"), matter=made["dispute"], assignee=town.people["other_officer"])
    share(made["theft"], town.rooms[2].pk)
    for name, phone in (("甲", "13500000001"), ("乙", "13500000002")):
        for matter in (made["first"], made["elsewhere"]):
            party_of(matter, part="party", name=name, phone=phone).save()
    return made


def numbers(actor: Actor, **asked: str) -> set[str]:
    return {row.number for row in page_of(actor, asked, limit=500).rows}


def reach_by_rows(town: Town, actor: Actor) -> set[str]:
    """Who sees what, worked out row by row from the words of the rule: an oracle that knows nothing of the list."""
    found = set()
    for row in Matter.objects.select_related("agency", "station"):
        paths = [one.path for one in (row.agency, row.station) if one]
        paths += row.shares.values_list("agency__path", flat=True)
        mine = actor.id in (row.assignee_id, row.opened_by)
        if mine or any(path.startswith(own) for path in paths for own in actor.paths):
            found.add(row.number)
    return found


def test_reach_is_what_the_rule_says_and_stays_so_after_every_act(town: Town) -> None:
    made = lived_in(town)
    desk = town.actor("dispatcher")
    place_matter(desk, matter=made["nowhere"], lon=town.spot(1)[0], lat=town.spot(1)[1])
    recategorise(desk, matter=made["again"], category_code="1010")
    for post in POSTS:
        actor = town.actor(post)
        expected = reach_by_rows(town, actor)
        assert {row.number for row in Matter.objects.visible_to(actor)} == expected, post
        assert numbers(actor) == expected, post
    kept = sorted(Listing.objects.values_list())
    words = {row.line: set(row.grams) for row in Words.objects.all()}
    rebuild()
    assert sorted(Listing.objects.values_list()) == kept, "what the acts keep is what building it anew makes"
    assert {row.line: set(row.grams) for row in Words.objects.all()} == words


def test_the_oracle_sees_a_row_that_slipped_out_of_the_list(town: Town) -> None:
    """The mutant: a list that lost a key must be noticed by the comparison above."""
    made = lived_in(town)
    Listing.objects.filter(matter_id=made["first"].line, key="R1").delete()
    officer = town.actor("community_officer")
    assert numbers(officer) != reach_by_rows(town, officer)


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_each_filter_has_words_and_its_count_is_its_list(town: Town, name: str) -> None:
    lived_in(town)
    one = FILTERS[name]
    assert one.words.zh and one.words.en
    values = [code for code, _ in one.choices] or ["0", "1"] if one.form in ("flag", "choice") else [one.example]
    for post in POSTS:
        actor = town.actor(post)
        visible = {row.number for row in Matter.objects.visible_to(actor)}
        for value in values:
            listed = numbers(actor, **{name: value})
            assert listed <= visible
            assert listed == {row.number for row in matters_where(actor, {name: value})}
            assert count_of(actor, {name: value}, exact=True).value == len(listed)
            assert count_of(actor, {name: value}).value == len(listed)


def test_what_is_repeated_is_counted_as_it_is_listed(town: Town) -> None:
    """Old ones still open, void ones, one with two callers, three addresses, five numbers: the count, which finds all
    at once, and the list, which looks row by row, agree for everybody; and the oracle would see a count that forgot
    the old ones.
    """
    chance, desk, now = random.Random(7), town.actor("dispatcher"), clock.now()
    for number in range(30):
        caller = {"name": "某", "phone": f"1390000000{chance.randrange(5)}"}
        matter = call(desk, town, room=number % 3, address=f"柳林村{chance.randrange(20)}号", caller=caller)
        at = now - timedelta(days=chance.choice((0, 20, 40, 80, 100, 300)))
        columns: dict[str, Any] = {"received_at": at, "line": line_of(at, matter.number)}
        if chance.random() < 0.5:
            columns |= {"closed_at": at, "state": chance.choice(("closed", "void"))}
        for second in range(chance.randrange(3)):
            party_of(matter, part="party", name="乙", phone=f"1370000000{second + chance.randrange(3)}").save()
        Matter.objects.filter(pk=matter.pk).update(**columns)
    rebuild()
    found = 0
    for post in ("dispatcher", "community_officer", "grid_worker"):
        actor = town.actor(post)
        for same in ("address", "number", "parties"):
            for more in ({}, {"state": "void"}):
                asked = {"repeated": same, **more}
                listed = numbers(actor, **asked)
                assert count_of(actor, asked, exact=True).value == len(listed), (post, asked)
                assert listed == {row.number for row in matters_where(actor, asked)}, (post, asked)
                old = {row.number for row in matters_where(actor, asked) if row.received_at < now - timedelta(days=90)}
                found += len(old)
    assert found, "some are older than the period and still open"


def test_filters_find_what_they_say(town: Town) -> None:
    made = lived_in(town)
    desk, officer = town.actor("dispatcher"), town.actor("other_officer")
    found = {key: row.number for key, row in made.items()}
    assert numbers(desk, late="1") == {found["hazard"]}
    assert numbers(desk, expires_in="7") == {found["dispute"]}
    assert numbers(desk, state="void") == {found["void"]}
    assert found["dispute"] not in numbers(desk, unassigned="1")
    assert numbers(officer, mine="1") == {found["dispute"]} == numbers(desk, assignee="other_officer")
    assert numbers(desk, repeated="address") == {found[key] for key in ("first", "again", "dispute", "hazard")}
    assert {found["first"], found["again"]} <= numbers(desk, repeated="number")
    assert found["elsewhere"] not in numbers(desk, repeated="number")
    assert numbers(desk, repeated="parties") == {found["first"], found["elsewhere"]}
    assert numbers(desk, agency="R2") == {found["theft"], found["void"]} == numbers(desk, place="R2")
    assert numbers(desk, no_point="1") >= {found["nowhere"]}
    assert numbers(desk, kind="hazard,dispute") == {found["dispute"], found["hazard"]}
    assert numbers(desk, **{"from": "2020-01-01", "to": "2021-01-01"}) == set()


@pytest.mark.parametrize("sort", ["received", "oldest", "due"])
def test_pages_go_both_ways_without_gap_or_repeat(town: Town, sort: str) -> None:
    lived_in(town)
    for post in ("dispatcher", "community_officer"):
        actor = town.actor(post)
        whole = [row.number for row in page_of(actor, {}, limit=500, sort=sort).rows]
        assert len(whole) == count_of(actor, {}, sort=sort, exact=True).value
        forward, page = [], page_of(actor, {}, limit=2, sort=sort)
        assert page.previous is None
        forward += [row.number for row in page.rows]
        while page.next:
            page = page_of(actor, {}, limit=2, sort=sort, place=read_place(str(page.next)))
            forward += [row.number for row in page.rows]
        assert forward == whole
        backward = [row.number for row in page.rows]
        while page.previous:
            page = page_of(actor, {}, limit=2, sort=sort, place=read_place(str(page.previous)))
            backward = [row.number for row in page.rows] + backward
        assert backward == whole


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("柳林", {"first", "again"}),
        ("llc", {"first", "again"}),
        ("liulincun", {"first", "again"}),
        ("柳林村12号", {"first", "again"}),
        ("柳林 58", set()),
        ("南大街58号", {"theft"}),
        ("被偷", {"theft"}),
        ("盗窃", {"theft"}),
        ("围墙", {"dispute"}),
        ("13700002222", {"elsewhere"}),
        ("+86 137-0000-2222", {"elsewhere"}),
        ("1370000", set()),
        ("不存在", set()),
    ],
)
def test_words_find_matters(town: Town, query: str, found: set[str]) -> None:
    made = lived_in(town)
    assert numbers(town.actor("dispatcher"), q=query) == {made[name].number for name in found}


def test_numbers_find_matters_also_in_part(town: Town) -> None:
    made = lived_in(town)
    desk, number = town.actor("dispatcher"), made["theft"].number
    day, _, running = number.partition("-")
    for part in (number, number.lower(), f"{day[-4:]}-{running[-3:]}", running):
        assert number in numbers(desk, q=part), part


def test_search_finds_all_that_one_may_see_and_nothing_else(town: Town) -> None:
    made = lived_in(town)
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    first = search(desk, "刘林村")
    assert {one.number for one in first if one.near} == {made["first"].number, made["again"].number}, "sounds alike"
    assert any(one.near and one.number == made["first"].number for one in search(desk, "柳林屯12号"))
    assert [one.number for one in search(desk, "第2警务室") if one.type == "agency"][:1] == ["R2"]
    assert any(one.type == "grid" and one.number == "G2" for one in search(desk, "第2警格"))
    assert any(one.type == "category" and one.number == "5020" for one in search(desk, "zs"))
    assert any(one.type == "person" for one in search(desk, "演auxiliary"))
    assert made["elsewhere"].number in {one.number for one in search(desk, "13700002222")}
    assert made["elsewhere"].number not in {one.number for one in search(officer, "13700002222")}
    stranger = Actor(id=town.people["auditor"].pk, name="生人")
    assert search(stranger, "柳林") == []


ASKED: tuple[dict[str, str], ...] = (
    {"q": "柳林"},
    {"q": "电动车被偷", "kind": "incident"},
    {"q": "13700002222"},
    {"q": "12号", "place": "S1"},
    {"q": "lln", "open": "1"},
    {"q": "不存在的词"},
)


@pytest.mark.parametrize("few", [0, hits.MOST_LINES], ids=["many", "few"])
def test_many_hits_and_few_are_the_same_list(town: Town, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    lived_in(town)
    monkeypatch.setattr(hits, "MOST_LINES", few)
    seen = 0
    for actor in map(town.actor, POSTS):
        for asked in ASKED:
            expected = sorted((row.line for row in matters_where(actor, asked)), reverse=True)
            page, count = page_and_count(actor, asked, limit=2)
            assert [row.line for row in page.rows] == expected[:2], asked
            assert (page.next is None, count) == (len(expected) <= 2, Count(len(expected), exact=True))
            assert sorted((row.line for row in page_of(actor, asked, limit=500).rows), reverse=True) == expected
            assert count_of(actor, asked, exact=True) == count
            seen += len(expected)
        assert {one.number for one in search(actor, "刘林村") if one.near} <= reach_by_rows(town, actor)
    assert seen


def leaks(town: Town, post: str, asked: Actor) -> set[str]:
    """What a search as ``asked`` shows that ``post`` may not see, over every word that any matter is found by."""
    visible = {row.number for row in Matter.objects.visible_to(town.actor(post))}
    words = {gram for row in Words.objects.all() for gram in row.grams if not gram.startswith("0")}
    found = {one.number for word in words for one in search(asked, word) if one.type == "matter"}
    return found - visible


def test_no_word_leads_out_of_ones_reach(town: Town) -> None:
    lived_in(town)
    for post in ("community_officer", "grid_worker"):
        assert not leaks(town, post, town.actor(post))
    assert leaks(town, "grid_worker", town.actor("dispatcher")), "the mutant: a search with another's reach is noticed"


def test_what_is_sealed_is_no_word(town: Town) -> None:
    lived_in(town)
    grams = {gram for row in Words.objects.all() for gram in row.grams}
    assert not {gram for gram in grams if "1390000" in gram or "1370000" in gram}
    assert not grams & {"甲某", "乙某"}
