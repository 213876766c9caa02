"""Who was met, by reference to the register: named at his own door, followed through merges, and hidden."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from linli.field.inbox.acts import take_batch
from linli.field.packs.queries import due_now, items, pack_forms
from linli.insight.measures.queries.work import report_work
from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.places.addresses.models import Address, AddressName
from linli.places.homes.acts import lay_out_homes
from linli.places.homes.models import Home
from linli.places.occupants.acts import merge_occupants, register_occupant, suggest_duplicate, unmerge_occupants
from linli.places.occupants.acts.erasing import ERASER, erase_due
from linli.places.occupants.models import Occupant, Residence
from linli.trail.entries.models import Entry
from linli.visits.plans.acts import make_week, open_due
from linli.visits.plans.models import Stop
from linli.visits.plans.queries import proposal
from linli.visits.plans.rules import monday_of
from linli.visits.records.acts import correct_visit, countersign_visit, record_stop, record_visit
from linli.visits.records.models import Visit
from linli.visits.records.queries import Met, met_in, people_behind
from tests.town import SETUP, Town, build_town

LONG_AGO = date(2021, 5, 1)


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def house(town: Town, n: int = 1) -> Address:
    lon, lat = town.spot()
    name, _ = AddressName.objects.get_or_create(
        text="桃花路", area="溪东镇", kind="road", sound="taohualu", initials="th"
    )
    return Address.objects.create(
        name=name, lon=lon, lat=lat, code=f"A{n}", text=f"桃花路{n}号", kind="house", number=n
    )


def live(town: Town, address: Address, name: str, home: Home | None = None, since: date = LONG_AGO) -> Occupant:
    where: dict[str, Any] = {"address": address, "home": home, "agency_path": town.rooms[0].path}
    return register_occupant(SETUP, name=name, kind="registered", since=since, **where)


def met(town: Town, visit: Visit, post: str = "community_officer") -> Met:
    return met_in(town.actor(post), [visit]).get(visit.pk, Met())


def test_who_is_named_is_followed_and_hidden(town: Town) -> None:
    officer, address = town.actor("community_officer"), house(town)
    anna, bert = live(town, address, "苏一禾"), live(town, address, "苏一木")
    beside = live(town, house(town, 2), "柳二")
    with pytest.raises(Invalid, match=r"visit\.not_here"):
        record_visit(officer, address=address, people=[beside])
    with pytest.raises(Invalid, match=r"visit\.people_named"):
        record_visit(officer, address=address, people=[anna, bert], people_met=1)
    with pytest.raises(Invalid, match=r"visit\.people_named"):
        record_visit(officer, address=address, people=[anna], outcome="nobody")
    Residence.objects.update(confirmed_on=LONG_AGO)
    visit = record_visit(officer, address=address, people=[anna, bert], helped=1, live_here=True)
    assert visit.people_met == 2
    assert set(Residence.objects.filter(confirmed_on=clock.today()).values_list("occupant_id", flat=True)) == {
        anna.pk,
        bert.pk,
    }
    assert sorted(one.name for one in met(town, visit).people) == ["苏**", "苏**"]
    assert met(town, visit, "bureau_leader") == Met(hidden=2)
    assert met_in(officer, [record_visit(officer, address=address)]) == {}
    told = Entry.objects.get(act="visit.record", subject_id=str(visit.pk))
    assert str(anna.pk) not in str(told.facts) and "苏" not in str(told.facts)
    day = clock.today()
    work = report_work(officer, place=town.rooms[0].code, begins=day, ends=day + timedelta(days=1))
    counted = {one["code"]: one["n"] for one in work["figures"]}
    assert [counted[code] for code in ("homes_reached", "person_visits", "people_helped")] == [1, 3, 1]
    _merged_and_erased(town, visit, anna, bert)


def _merged_and_erased(town: Town, visit: Visit, anna: Occupant, bert: Occupant) -> None:
    officer = town.actor("community_officer")
    pair = suggest_duplicate(officer, occupant=anna, same_as=bert)
    pair = merge_occupants(officer, duplicate=pair, keep=bert.pk)
    assert [one.id for one in met(town, visit).people] == [bert.pk], "one person, once"
    again = record_visit(officer, address=visit.address, people=list(Occupant.objects.filter(pk=anna.pk)))
    assert [one.id for one in met(town, again).people] == [bert.pk], "a merged record still leads to him"
    unmerge_occupants(officer, duplicate=pair)
    assert {one.id for one in met(town, visit).people} == {anna.pk, bert.pk}
    assert [one.id for one in met(town, again).people] == [anna.pk], "what was named stays named"
    Residence.objects.filter(occupant=anna).update(until=LONG_AGO + timedelta(days=9))
    Occupant.objects.filter(pk=anna.pk).update(registered_at=clock.now() - timedelta(days=2000))
    erase_due(ERASER, day=clock.today())
    left = met(town, visit)
    assert ([one.id for one in left.people], left.gone) == ([bert.pk], 1)


def test_a_helpers_naming_is_confirmed_by_the_sign_and_corrected_by_its_author(town: Town) -> None:
    helper, address = town.actor("auxiliary"), house(town)
    homes = [Home.objects.get(room=room) for room in _flats(town, address)]
    anna, bert = live(town, address, "苏一禾", homes[0]), live(town, address, "柳二", homes[1])
    assert [row.occupant for row in people_behind(helper, address=address, room=homes[0].door)] == [anna]
    assert {row.occupant for row in people_behind(helper, address=address)} == {anna, bert}
    assert people_behind(town.actor("bureau_leader"), address=address) == []
    Residence.objects.update(confirmed_on=LONG_AGO)
    visit = record_visit(helper, address=address, room=homes[0].door, people=[anna], live_here=True)
    assert not Residence.objects.filter(confirmed_on=clock.today()).exists(), "it does not count yet"
    correct_visit(helper, visit=visit, version=1, why="另有一人", values={"people": [anna, bert], "people_met": 2})
    assert {one.id for one in met(town, visit).people} == {anna.pk, bert.pk}
    assert visit.versions.get().before["people"] == [str(anna.pk)]
    countersign_visit(town.actor("community_officer"), visit=visit)
    assert list(Residence.objects.filter(confirmed_on=clock.today()).values_list("occupant_id", flat=True)) == [anna.pk]
    nobody = {"outcome": "nobody", "people_met": 0}
    correct_visit(helper, visit=visit, version=visit.version, why="没有见到", values=nobody)
    assert met(town, visit) == Met()


def _flats(town: Town, address: Address) -> list[str]:
    lay_out_homes(SETUP, address=address, agency_path=town.rooms[0].path, units=1, floors=1, per_floor=2)
    return ["101", "102"]


def test_a_phone_takes_who_lives_there_along_and_names_them(town: Town) -> None:
    officer, address = town.actor("community_officer", door="field"), house(town)
    anna, bert = live(town, address, "苏一禾"), live(town, house(town, 2), "柳二")
    due = open_due(officer, reason="new_tenant", address=address)
    make_week(officer, plan=proposal(officer, monday=monday_of(clock.today()), a_day=8))
    stop = Stop.objects.filter(due=due).first()
    if stop is None:  # On a Sunday there is no day of walking left in this week.
        make_week(officer, plan=proposal(officer, monday=monday_of(clock.today()) + timedelta(days=7), a_day=8))
        stop = Stop.objects.get(due=due)
    forms = pack_forms(officer)
    along = dict(due_now(officer, forms["version"]))
    assert ("at_door", str(anna.pk)) in along and ("at_door", str(bert.pk)) not in along
    shown = {one["type"]: one for one in items(officer, list(along), along, forms)}
    assert set(shown["visits.stop"]["data"]["doors"]) & set(shown["at_door"]["data"]["doors"])
    assert shown["at_door"]["data"]["title"] == "苏**"

    def sent(act: str, record: str, values: dict[str, Any]) -> str:
        operation = {
            "id": str(uuid.uuid4()), "author": str(officer.id), "seq": 1, "branch": str(uuid.uuid4()), "act": act,
            "record": record, "changed": {name: {"new": new} for name, new in values.items()},
            "device_at": clock.now().isoformat(),
        }  # fmt: skip
        return take_batch(officer, device=uuid.uuid4(), operations=[operation])[0].answer

    named = {"outcome": "met", "people_met": 1, "live_here": True}
    assert sent("visit.record_stop", str(stop.pk), named | {"people": [{"id": str(bert.pk)}]}) == "rejected"
    assert sent("visit.record_stop", str(stop.pk), named | {"people": [{"id": str(uuid.uuid4())}]}) == "rejected"
    assert sent("visit.record_stop", str(stop.pk), named | {"people": [{"id": str(anna.pk)}]}) == "applied"
    assert [one.id for one in met(town, Visit.objects.get()).people] == [anna.pk]
    record = str(uuid.uuid4())
    # Naming somebody says the door, too: nothing else has to be typed.
    assert sent("visit.record", record, named | {"reason": "plain_talk", "people": [{"id": str(bert.pk)}]}) == "applied"
    assert Visit.objects.get(pk=record).place == "桃花路2号"
    record_stop(officer, stop=stop, told={"outcome": "nobody"})
