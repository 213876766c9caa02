"""What residents and landlords report waits until an officer decides; what is past its term is erased."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, timedelta

import pytest

from linli.command import register
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.kernel.scope import system
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.places.occupants.acts import (
    decide_report,
    end_residence,
    erase_due,
    refuse_report,
    submit_report,
)
from linli.places.occupants.acts.erasing import ERASER, count_due
from linli.places.occupants.models import Occupant, Report, Residence
from linli.places.occupants.queries import (
    occupant_by_id,
    report_by_receipt,
    reports_of,
    suggestions_for,
)
from linli.places.plates.acts import print_plates
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import verify
from tests.acts.test_population import house, live, number
from tests.town import SETUP, Town, build_town

PORTAL = system("portal")


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def told(**more: str) -> dict[str, str]:
    return {
        "name": "钟望舒", "id_kind": "resident", "id_number": number("19900101", 31), "kind": "migrant",
        "happened_on": clock.today().isoformat(), "phone": "139 0000 5555", **more,
    }  # fmt: skip


def send(town: Town, here: Address, kind: str = "moved_in", **more: str) -> tuple[Report, str]:
    plate = print_plates(SETUP, addresses=[here], agency_path=town.rooms[0].path).plates[0]
    sent = submit_report(
        PORTAL, kind=kind, address=here, agency_path=town.rooms[0].path, told=told(**more), plate=plate
    )
    return sent, sent.receipt


def test_a_report_waits_and_is_taken_over_field_by_field(town: Town) -> None:
    officer, here = town.actor("community_officer"), house(town)
    report, receipt = send(town, here, room="2单元302")
    assert not Occupant.objects.exists() and b"\xe9\x92\x9f" not in report.content_sealed
    assert receipt not in report.receipt_index and report_by_receipt(receipt.lower()) == report
    assert report.due_on == clock.today() + timedelta(days=10)
    assert list(reports_of(officer)) == [report] and not reports_of(town.actor("other_officer")).exists()
    assert not reports_of(town.actor("grid_worker")).exists(), "a resident's report is for the police only"
    with pytest.raises(NotAllowed):
        decide_report(town.actor("auxiliary"), report=report, fields=["name"])
    with pytest.raises(NotAllowed):
        decide_report(town.actor("other_officer"), report=report, fields=["name"])
    with pytest.raises(Invalid, match=r"report\.field"):
        decide_report(officer, report=report, fields=["landlord_name"])
    decide_report(officer, report=report, fields=["name", "kind", "happened_on", "room", "phone"])
    person = Occupant.objects.get()
    assert (person.name, person.id_number, person.phone) == ("钟望舒", "", "13900005555"), "the number was not taken"
    assert (person.identity_source, report.state, report.for_occupant_id) == ("self_report", "taken", person.pk)
    living = person.residences.get()
    assert living.home is not None and (living.home.unit, living.home.room, living.kind) == ("2", "302", "migrant")
    with pytest.raises(Conflict):
        decide_report(officer, report=report, fields=["name"])
    second, _ = send(town, here, "corrected", phone="13900006666")
    assert [row.pk for row in suggestions_for(officer, second)] == [person.pk]
    with pytest.raises(Invalid, match=r"report\.nobody"):
        decide_report(officer, report=second, fields=["phone"])
    decide_report(officer, report=second, fields=["phone"], occupant=person)
    gone, _ = send(town, here, "moved_out")
    decide_report(officer, report=gone, fields=["happened_on"], occupant=person)
    assert not person.residences.filter(until__isnull=True).exists()
    person.refresh_from_db()
    assert person.phone == "13900006666"
    refused, receipt = send(town, here)
    refuse_report(officer, report=refused)
    assert report_by_receipt(receipt).state == "refused"  # type: ignore[union-attr]  # it is there


def test_reports_of_landlords_and_of_who_works_beside_the_police(town: Town) -> None:
    officer, worker, here = town.actor("community_officer"), town.actor("grid_worker"), house(town)
    friday = date(2024, 3, 1)
    report, _ = send(
        town,
        here,
        "let",
        landlord_name="钱某",
        landlord_phone="13900007777",
        happened_on=friday.isoformat(),
        room="101",
    )
    assert (report.source, report.due_on) == ("landlord", date(2024, 3, 6)), "three working days"
    fields = ["landlord_name", "landlord_phone", "name", "id_kind", "id_number", "happened_on", "room"]
    decide_report(officer, report=report, fields=fields)
    home = Home.objects.get()
    assert (home.use, home.told("landlord_phone"), home.source) == ("let", "13900007777", "landlord")
    assert Residence.objects.get().relation == "tenant"
    own = submit_report(
        worker, kind="moved_in", address=here, agency_path=town.rooms[0].path, source="visit",
        told=told(name="陶然", id_number=number("19910101", 55), happened_on="2024-01-05"),
    )  # fmt: skip
    assert own.sent_by_name and list(reports_of(worker)) == [own], "he sees what he wrote down himself"
    assert set(reports_of(officer)) == {own}
    with pytest.raises(NotAllowed):
        submit_report(worker, kind="moved_in", address=here, agency_path=town.rooms[1].path, told=told())
    for field, values in {
        "name": {"name": ""},
        "id_number": {"id_number": "330726196803120000"},
        "happened_on": {"happened_on": "2999-01-01"},
        "kind": {"kind": "king"}, "guardian_basis": {"id_number": number(f"{clock.today().year - 5}0202", 21)},
    }.items():  # fmt: skip
        with pytest.raises(Invalid, match=r"report\.wrong") as wrong:
            submit_report(PORTAL, kind="moved_in", address=here, agency_path=town.rooms[0].path, told=told(**values))
        assert wrong.value.facts["field"] == field
    for _ in range(29):
        send(town, here)
    with pytest.raises(Conflict, match=r"report\.too_many"):
        send(town, here)


def test_what_is_past_its_term_is_erased_and_the_trail_holds(town: Town) -> None:
    officer, here = town.actor("community_officer"), house(town)
    long_ago = clock.now() - timedelta(days=1600)
    with clock.fixed(long_ago):
        gone = live(town, here, since=date(2019, 1, 1))
        stays = live(town, here, since=date(2019, 1, 1), id_number=number(order=36), name="苏二禾")
        end_residence(officer, residence=gone.residences.get(), until=clock.today())
        report, _ = send(town, here, happened_on="2019-01-01")
    today = clock.today()
    due = count_due(today)
    assert (due.people, due.reports) == (1, 1) and Occupant.objects.get(pk=gone.pk).name == "苏一禾", "only a question"
    with pytest.raises(NotAllowed):
        erase_due(officer, day=today)
    erase_due(ERASER, day=today)
    gone.refresh_from_db()
    report.refresh_from_db()
    stays.refresh_from_db()
    assert (gone.name, gone.id_number, gone.id_index, gone.born_on, report.content) == ("", "", "", None, {})
    assert stays.name == "苏二禾" and count_due(today).total == 0
    assert gone.residences.count() == 1, "that somebody lived here stays, as a number"
    with pytest.raises(NotFound):
        occupant_by_id(officer, gone.pk)
    while seal_pending():
        pass
    assert verify().ok


def test_the_command_asks_before_it_erases(town: Town) -> None:
    with clock.fixed(clock.now() - timedelta(days=1600)):
        gone = live(town, house(town), since=date(2019, 1, 1))
        end_residence(SETUP, residence=gone.residences.get(), until=clock.today())
    assert register.run(Namespace(verb="due"))["people"] == 1 and Occupant.objects.get().name == "苏一禾"
    assert register.run(Namespace(verb="erase"))["people"] == 1 and Occupant.objects.get().name == ""
    assert register.words(register.run(Namespace(verb="duplicates"))) == "found 0"
