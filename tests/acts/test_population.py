"""The register: who may enter and see whom, what is known since when, merging that can be undone, the address tree."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from linli.org.registers.queries import spot_of
from linli.places.addresses.models import Address, AddressName
from linli.places.divisions.acts import open_division, succeed_division
from linli.places.homes.acts import change_home, lay_out_homes, set_firm, set_term
from linli.places.homes.models import Home
from linli.places.homes.queries import home_by_code
from linli.places.occupants.acts import (
    begin_residence,
    change_occupant,
    confirm_occupant,
    dismiss_duplicate,
    end_residence,
    find_duplicates,
    merge_occupants,
    register_occupant,
    reveal_occupant,
    suggest_duplicate,
    unmerge_occupants,
)
from linli.places.occupants.models import Duplicate, Occupant, Residence
from linli.places.occupants.queries import (
    duplicates_open,
    living_at,
    masked,
    occupant_by_id,
    population_of,
    record_of,
    residences_of,
    search_people,
    to_confirm,
)
from linli.places.occupants.rules.identity import check_digit
from linli.places.plates.acts import close_address, end_plate, open_address, print_plates
from linli.places.plates.queries import addresses_of, hanging_plate, line_of, names_in
from linli.places.premises.acts import register_premises
from linli.trail.entries.models import Entry
from linli.trail.reads.models import Read
from linli.works.tables.acts import run_import
from tests.town import SETUP, Town, build_town


def number(born: str = "19680312", order: int = 12) -> str:
    """An invented identity number of a region that no code stands for (330726 with an unused order)."""
    head = f"330726{born}{order:03d}"
    return head + check_digit(head)


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def house(town: Town, room: int = 0, n: int = 1, **more: Any) -> Address:
    lon, lat = town.spot(room)
    name, _ = AddressName.objects.get_or_create(
        text=f"桃花路{room}", area="溪东镇", kind="road", sound="taohualu", initials="th"
    )
    facts = {"code": f"A{room}{n}", "text": f"桃花路{room}{n}号", "kind": "house", "number": n, **more}
    return Address.objects.create(name=name, lon=lon, lat=lat, **facts)


def live(town: Town, address: Address, **more: Any) -> Occupant:
    facts: dict[str, Any] = {
        "name": "苏一禾", "kind": "registered", "since": date(2021, 5, 1), "id_number": number(),
        "phone": "13900001234",
    }  # fmt: skip
    room = town.rooms[int(address.code[1])]
    return register_occupant(SETUP, address=address, agency_path=room.path, **{**facts, **more})


def test_a_person_is_masked_found_whole_and_looked_at_for_a_purpose(town: Town) -> None:
    officer, here = town.actor("community_officer"), house(town)
    person = live(town, here)
    assert b"\xe8\x8b\x8f" not in person.name_sealed and number() not in str(person.__dict__)
    shown = masked(officer, person)
    assert (shown.name, shown.id_number, shown.phone) == ("苏**", f"3307{'*' * 10}{number()[-4:]}", "139****1234")
    assert (person.sex, person.born_on) == ("F", date(1968, 3, 12))
    for words in ("苏一禾", number(), number().lower(), "139 0000 1234"):
        assert [row.pk for row in search_people(officer, words)] == [person.pk], words
    assert not search_people(officer, "苏一").exists()
    with pytest.raises(Invalid, match=r"read\.purpose_missing"):
        reveal_occupant(officer, occupant=person, purpose=" ")
    told = reveal_occupant(officer, occupant=person, purpose="办理居住登记")
    assert (told.name, told.id_number, told.phone) == ("苏一禾", number(), "13900001234")
    assert Read.objects.get().purpose == "办理居住登记"
    entry = Entry.objects.get(act="occupant.reveal")
    assert "苏" not in str(entry.facts) and number() not in str(entry.facts)


def test_each_sees_his_own_and_civil_posts_no_numbers(town: Town) -> None:
    here, there = house(town), house(town, 1)
    person, far = live(town, here), live(town, there, id_number=number(order=14))
    seen = {
        post: set(Occupant.objects.visible_to(town.actor(post)).values_list("pk", flat=True)) for post in town.people
    }
    assert seen["community_officer"] == seen["auxiliary"] == seen["grid_worker"] == {person.pk}
    assert seen["station_chief"] == seen["station_desk"] == {person.pk, far.pk}
    assert seen["other_officer"] == {far.pk}
    for post in ("call_taker", "dispatcher", "bureau_leader", "administrator", "auditor", "partner_officer"):
        assert seen[post] == set(), post
    worker = town.actor("grid_worker")
    shown = masked(worker, person)
    assert (shown.name, shown.id_number, shown.phone) == ("苏**", "", "")
    assert [r.occupant_id for r in living_at(worker, address=here)] == [person.pk]
    assert not search_people(worker, number()).exists() and not search_people(worker, "13900001234").exists()
    assert search_people(worker, "苏一禾").get() == person
    for post in ("grid_worker", "auxiliary"):
        with pytest.raises(NotAllowed):
            reveal_occupant(town.actor(post), occupant=person, purpose="看看")
    with pytest.raises(NotFound):
        reveal_occupant(town.actor("other_officer"), occupant=person, purpose="看看")
    with pytest.raises(NotFound):
        occupant_by_id(town.actor("other_officer"), person.pk)


def test_what_cannot_be_is_refused_at_its_field(town: Town) -> None:
    here, today = house(town), clock.today()
    child = f"{today.year - 6}0101"
    wrong: dict[str, dict[str, Any]] = {
        "name": {"name": "  "},
        "id_number": {"id_number": number()[:-1] + ("1" if number()[-1] != "1" else "2")},
        "born_on": {"born_on": date(1970, 1, 1)},
        "sex": {"sex": "M"},
        "phone": {"phone": "12345"},
        "since": {"since": today + timedelta(days=1)},
        "kind": {"kind": "guest"},
        "guardian_basis": {"id_number": number(child)},
    }
    for field, values in wrong.items():
        with pytest.raises(Invalid) as refused:
            live(town, here, **values)
        assert refused.value.facts["field"] == field
    assert not Occupant.objects.exists()
    live(town, here, id_number=number(child), guardian_basis="guardian_told")
    person = live(town, here)
    with pytest.raises(Conflict, match=r"occupant\.known") as known:
        live(town, here)
    assert known.value.facts["id"] == str(person.pk)


def test_each_group_says_from_where_and_since_when(town: Town) -> None:
    officer, here = town.actor("community_officer"), house(town)
    with clock.fixed(clock.now() - timedelta(days=400)):
        person = live(town, here, source="counter", since=date(2021, 5, 1))
    living = person.residences.get()
    assert [(told.group, told.stale) for told in record_of(person, living)] == [
        ("identity", True), ("contact", True), ("residence", True),
    ]  # fmt: skip
    assert [row.pk for row in to_confirm(officer)] == [living.pk]
    change_occupant(
        officer, occupant=person, version=person.version, group="contact", values={"phone": "13900009999"},
        source="order",
    )  # fmt: skip
    confirm_occupant(officer, occupant=person, groups=["residence"])
    living.refresh_from_db()
    told = {one.group: one for one in record_of(person, living)}
    assert (told["contact"].stale, told["contact"].source) == (False, ("出警中核实", "learned during an order"))
    assert (told["identity"].stale, told["residence"].stale) == (True, False)
    assert person.phone == "13900009999" and not to_confirm(officer).exists()
    with pytest.raises(Conflict, match=r"occupant\.changed"):
        change_occupant(officer, occupant=person, version=1, group="contact", values={"phone": ""}, source="visit")
    set_term(SETUP, code="confirm_again", days=30)
    with clock.fixed(clock.now() + timedelta(days=40)):
        assert to_confirm(officer).exists()


def test_a_household_is_read_as_it_was_on_a_day(town: Town) -> None:
    officer, here, there = town.actor("community_officer"), house(town), house(town, n=2)
    made = lay_out_homes(officer, address=here, agency_path=town.rooms[0].path, units=2, floors=3, per_floor=2)
    assert made.made == 12 and Home.objects.count() == 12
    again = lay_out_homes(officer, address=here, agency_path=town.rooms[0].path, units=2, floors=3, per_floor=2)
    assert again.made == 0
    home = home_by_code(officer, "A01-U2-R302")
    change_home(
        officer, home=home, version=1, use="let", source="visit",
        values={"landlord_name": "钱某", "landlord_phone": "13900007777", "rooms_count": 2},
    )  # fmt: skip
    assert (home.told("landlord_name"), home.door) == (
        "钱某",
        "2单元302室",
    ) and b"\xe9\x92\xb1" not in home.landlord_name_sealed
    person = live(town, here, home=home, kind="migrant", since=date(2022, 1, 1))
    with pytest.raises(Conflict, match=r"residence\.same"):
        begin_residence(
            officer, occupant=person, address=here, home=home, agency_path=town.rooms[0].path, kind="migrant",
            since=date(2023, 1, 1),
        )  # fmt: skip
    begin_residence(
        officer, occupant=person, address=there, agency_path=town.rooms[0].path, kind="migrant", since=date(2023, 3, 1)
    )
    assert [r.ended_why for r in residences_of(officer, person)] == ["", "replaced"]
    assert living_at(officer, address=here, on=date(2023, 2, 28)).count() == 1
    assert living_at(officer, address=here, on=date(2023, 3, 1)).count() == 0
    living = person.residences.get(until__isnull=True)
    with pytest.raises(Invalid, match=r"residence\.until"):
        end_residence(officer, residence=living, until=date(2023, 2, 1))
    end_residence(officer, residence=living, until=date(2024, 1, 1))
    with pytest.raises(Conflict, match=r"residence\.ended"):
        end_residence(officer, residence=living, until=date(2024, 1, 1))


def test_duplicates_are_suggested_merged_and_taken_apart(town: Town) -> None:
    officer, here, there = town.actor("community_officer"), house(town), house(town, n=2)
    one = live(town, here, name="王小芳", id_number="", born_on=date(1980, 1, 1))
    other = live(town, here, name="王晓芳", id_number="", born_on=date(1980, 1, 1))
    same = live(town, there, name="王小芳", id_number=number("19800101", 22), born_on=None)
    live(town, there, name="王大伟", id_number="", born_on=date(1980, 1, 1))
    twin = live(town, there, name="王小芳", id_number=number("19800101", 44), born_on=None)
    assert find_duplicates() == 3 and find_duplicates() == 0
    pairs = {frozenset((row.one_id, row.other_id)): row for row in duplicates_open(officer)}
    assert set(pairs) == {frozenset((one.pk, other.pk)), frozenset((one.pk, same.pk)), frozenset((one.pk, twin.pk))}
    assert pairs[frozenset((one.pk, other.pk))].why == "alike"
    with pytest.raises(Invalid, match=r"duplicate\.keep"):
        merge_occupants(officer, duplicate=pairs[frozenset((one.pk, other.pk))], keep=same.pk)
    first = merge_occupants(officer, duplicate=pairs[frozenset((one.pk, other.pk))], keep=one.pk)
    second = merge_occupants(officer, duplicate=pairs[frozenset((one.pk, same.pk))], keep=same.pk)
    assert occupant_by_id(officer, other.pk) == occupant_by_id(officer, one.pk) == same
    assert residences_of(officer, same).count() == 3
    assert population_of(paths=("/",), day=clock.today()).total.registered == 3, "one person counts once"
    with pytest.raises(Conflict, match=r"duplicate\.merged_on"):
        unmerge_occupants(officer, duplicate=first)
    unmerge_occupants(officer, duplicate=second)
    assert occupant_by_id(officer, other.pk) == one and residences_of(officer, one).count() == 2
    unmerge_occupants(officer, duplicate=first)
    assert occupant_by_id(officer, other.pk) == other
    dismiss_duplicate(officer, duplicate=pairs[frozenset((one.pk, twin.pk))])
    assert suggest_duplicate(officer, occupant=twin, same_as=one).state == "apart"
    assert not Duplicate.objects.visible_to(town.actor("other_officer")).exists()


def test_merging_the_same_pair_twice_at_once_happens_once(town: Town) -> None:
    here = house(town)
    one, other = live(town, here, id_number=""), live(town, here, id_number="", name="苏一和")
    pair = suggest_duplicate(SETUP, occupant=one, same_as=other)
    merge_occupants(SETUP, duplicate=pair, keep=one.pk)
    with pytest.raises(Refusal):
        merge_occupants(SETUP, duplicate=pair, keep=other.pk)


def test_numbers_by_village_follow_the_succession_of_codes(town: Town) -> None:
    village = open_division(SETUP, code="330726101201", name="溪东村")
    community = open_division(SETUP, code="330726101002", name="溪东社区", valid_from=date(2024, 1, 1))
    old, new = house(town, division=village), house(town, n=2, division=community)
    for order, kind in enumerate(["registered"] * 3 + ["migrant"] * 2):
        live(town, old, kind=kind, since=date(2020, 1, 1), id_number=number(order=100 + order))
    succeed_division(SETUP, old=village, new=community, on=date(2024, 1, 1))
    live(town, new, kind="migrant", since=date(2024, 6, 1), id_number=number(order=120))
    live(town, house(town, 1), kind="lodging", since=date(2024, 6, 1), id_number=number(order=121))
    before = population_of(paths=(town.rooms[0].path,), day=date(2023, 12, 31))
    after = population_of(paths=(town.rooms[0].path,), day=date(2024, 7, 1))
    assert [(d.name, c.registered, c.migrant, c.ratio) for d, c in before.divisions] == [("溪东村", 3, 2, 1.5)]
    assert [(d.name, c.registered, c.migrant, c.ratio) for d, c in after.divisions] == [("溪东社区", 3, 3, 1.0)]
    assert after.unplaced.total == 0 and population_of(paths=("/",), day=date(2024, 7, 1)).unplaced.lodging == 1


def test_the_tree_grows_with_codes_and_plates(town: Town) -> None:
    officer, path = town.actor("community_officer"), town.rooms[0].path
    plate_house = house(town)
    yard = open_address(officer, parent=plate_house, agency_path=path, kind="building", number=3)
    assert (yard.code, yard.text, yard.building) == ("A01-B3", "桃花路01号3栋", 3)
    assert line_of(yard) == [plate_house] and plate_house.children.get() == yard
    assert [n.text for n in names_in(None)] == ["桃花路0"]
    assert getattr(addresses_of(plate_house.name_id, None).get(), "below", 0) == 1
    wrong_parts: dict[str, dict[str, Any]] = {
        "kind": {"kind": "road", "number": 1},
        "number": {"kind": "building"},
        "lon": {"kind": "building", "number": 9, "lon": 1.0},
    }
    for field, values in wrong_parts.items():
        with pytest.raises(Invalid) as wrong:
            open_address(officer, parent=plate_house, agency_path=path, **values)
        assert wrong.value.facts["field"] == field
    with pytest.raises(Conflict, match=r"address\.known"):
        open_address(officer, parent=plate_house, agency_path=path, kind="building", number=3)
    sheet = print_plates(officer, addresses=[plate_house, yard], agency_path=path)
    again = print_plates(officer, addresses=[plate_house], agency_path=path)
    assert again.plates[0].token == sheet.plates[0].token != sheet.plates[1].token
    assert hanging_plate(sheet.plates[0].token) is not None
    end_plate(officer, plate=sheet.plates[0])
    assert hanging_plate(sheet.plates[0].token) is None
    with pytest.raises(Conflict, match=r"address\.in_use"):
        close_address(officer, address=plate_house, agency_path=path)
    close_address(officer, address=yard, agency_path=path)
    assert hanging_plate(sheet.plates[1].token) is None and not plate_house.children.filter(active=True).exists()
    firm = register_premises(officer, code="F-1", name="溪东五金厂", kind="factory", agency_path=path)
    with pytest.raises(Invalid, match=r"firm\.credit_code"):
        set_firm(officer, premises=firm, source="visit", credit_code="91350100M000100Y44")
    made = set_firm(
        officer, premises=firm, source="visit", credit_code="91350100M000100Y43", values={"contact_name": "孙某"}
    )
    assert made.told("contact_name") == "孙某" and made.confirmed_on == clock.today()


def test_a_workbook_of_people(town: Town, tmp_path: Path) -> None:
    house(town)
    house(town, n=2)
    path = tmp_path / "people.csv"
    head = "姓名,公民身份号码,联系电话,人口类别,地址编码,单元,室号,居住起始日期\n"
    rows = [
        f"苏一禾,{number()},13900001234,户籍,A01,2,302,2021-05-01",
        f"苏一禾,{number().lower()},,户籍,A01,2,302,2021-05-01",
        "陶然,,13900004321,流动,A01,,,2022-05-01",
        f"错号,{number()[:-1]}Z,,户籍,A01,,,2021-05-01",
        f"无址,{number(order=50)},,户籍,A99,,,2021-05-01",
    ]
    path.write_text(head + "\n".join(rows))
    done = run_import(SETUP, kind="occupants", path=path)
    assert (done.rows, done.created, done.rejected) == (5, 2, 2)
    assert {(p.name, p.phone) for p in Occupant.objects.all()} == {("苏一禾", "13900001234"), ("陶然", "13900004321")}
    living = Residence.objects.get(occupant__id_index__gt="")
    assert living.home is not None and living.home.code == "A01-U2-R302"
    assert (living.agency_path, living.source) == (town.rooms[0].path, "import")
    again = run_import(SETUP, kind="occupants", path=path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3), "the same file changes nothing"
    fifteen = number()[:6] + number()[8:17]  # as an old card has it: the same person
    path.write_text(head + f"苏一禾,{fifteen},,户籍,A02,,,2024-02-01")
    moved = run_import(SETUP, kind="occupants", path=path)
    assert (moved.created, moved.updated) == (0, 1)
    rows_of = list(
        Residence.objects.filter(occupant__id_index__gt="").order_by("since").values_list("address__code", "until")
    )
    assert rows_of == [("A01", date(2024, 2, 1)), ("A02", None)]
    report = Path(done.report).read_text()
    assert "occupant.id_number" in report and "address.unknown" in report
    assert spot_of(Address.objects.get(code="A01")).agency_path == town.rooms[0].path
