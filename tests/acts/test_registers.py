"""Premises, devices and places in grades: who may enter and see them, and what they refuse (D10, F9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import models

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.places.devices.acts import change_device, move_device, register_device
from linli.places.devices.models import Device
from linli.places.devices.queries import device_by_code, devices_of
from linli.places.grading.acts import GradeFacts, declare_scheme, grade_premises, release_grading
from linli.places.grading.models import Grading, Scheme
from linli.places.grading.queries import counts_by_grade, gradings, history_of, reviews_due, schemes_for
from linli.places.premises.acts import change_premises, close_premises, register_premises
from linli.places.premises.models import Premises
from linli.places.premises.queries import premises_by_code, premises_of
from tests.racing import race
from tests.town import SETUP, Town, build_town

THREE = [
    GradeFacts("keep", "一般", "ordinary", "ok", review_every_days=180),
    GradeFacts("watch", "关注", "watched", "watch", "两次以上隐患", "每月走访", 30),
    GradeFacts("mend", "整治", "being mended", "danger", "限期整改", "每周复查", 7),
]


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def shop(town: Town, code: str = "SH-1", **more: Any) -> Premises:
    lon, lat = town.spot(0)
    facts: dict[str, Any] = {"name": "便民超市", "kind": "shop", "lon": lon, "lat": lat, **more}
    return register_premises(town.actor("community_officer"), code=code, agency_path=town.rooms[0].path, **facts)


def camera(town: Town, code: str = "C-1", **more: Any) -> Device:
    lon, lat = town.spot(0)
    facts: dict[str, Any] = {"name": "村口", "kind": "class_1", "lon": lon, "lat": lat, **more}
    return register_device(town.actor("community_officer"), code=code, agency_path=town.rooms[0].path, **facts)


@pytest.mark.parametrize("model", [Premises, Device])
def test_every_column_has_a_purpose(model: type[Any]) -> None:
    columns = {field.name for field in model._meta.local_fields if not isinstance(field, models.UUIDField)}
    assert columns - {"version"} == set(model.PURPOSES)
    assert all(words.zh and words.en for words in model.PURPOSES.values())


def test_a_room_keeps_its_own_register(town: Town) -> None:
    made = shop(town)
    assert (made.grid_code, made.version) == ("G1", 1)
    chief, other = town.actor("station_chief"), town.actor("other_officer")
    assert list(premises_of(chief, words="超市")) == [made]
    assert not premises_of(other)
    with pytest.raises(NotFound):
        premises_by_code(other, "SH-1")
    with pytest.raises(NotAllowed):
        change_premises(other, premises=made, version=1, values={"name": "改名"})
    with pytest.raises(NotAllowed):
        register_premises(other, code="X", name="店", kind="shop", agency_path=town.rooms[0].path)
    lon, lat = town.spot(1)
    after = change_premises(chief, premises=made, version=1, values={"lon": lon, "lat": lat, "usual_people": 12})
    assert (after.grid_code, after.usual_people, after.name) == ("G2", 12, "便民超市")
    with pytest.raises(Conflict, match=r"premises\.changed"):
        change_premises(chief, premises=made, version=1, values={"name": "改名"})


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code": "没有"}, "premises.code_form"),
        ({"name": "  "}, "premises.name_empty"),
        ({"kind": "home"}, "premises.kind"),
        ({"lat": None}, "premises.place"),
        ({"lon": 500.0}, "premises.place"),
    ],
)
def test_premises_that_cannot_be(town: Town, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        shop(town, **facts)
    assert (refused.value.code, bool(refused.value.facts["field"])) == (code, True)
    assert not Premises.objects.exists()


def test_a_device_covers_ground_while_it_works(town: Town) -> None:
    chief = town.actor("station_chief")
    all_round = camera(town, angle_deg=360.0, range_m=100.0)
    beside = camera(town, "C-2", direction_deg=90.0, angle_deg=60.0, range_m=100.0)
    unknown = camera(town, "C-3", range_m=100.0)
    assert unknown.cover is None
    circle, sector = all_round.cover, beside.cover
    assert circle is not None and sector is not None
    assert sector.area / circle.area == pytest.approx(60 / 360, rel=0.02)
    assert sector.centroid.x > beside.lon
    assert abs(sector.centroid.y - beside.lat) < 1e-9
    move_device(chief, device=beside, move="report_broken")
    broken = device_by_code(chief, "C-2")
    assert (broken.cover, broken.broken_since is None) == (None, False)
    with pytest.raises(Conflict, match="moved_on"):
        move_device(chief, device=beside, move="report_broken")
    move_device(chief, device=beside, move="repair")
    assert beside.broken_since is None
    move_device(chief, device=beside, move="remove")
    assert {row.code for row in devices_of(chief)} == {"C-1", "C-3"}
    assert not devices_of(town.actor("other_officer"))
    with pytest.raises(NotFound):
        device_by_code(town.actor("other_officer"), "C-1")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "face"}, "device.kind"),
        ({"direction_deg": 360.0}, "device.direction"),
        ({"angle_deg": 0.0}, "device.angle"),
        ({"range_m": 9000.0}, "device.range"),
        ({"lat": 95.0}, "device.place"),
    ],
)
def test_devices_that_cannot_be(town: Town, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        camera(town, **facts)
    assert refused.value.code == code
    made = camera(town)
    with pytest.raises(Invalid):
        change_device(town.actor("station_chief"), device=made, version=1, values=facts)
    with pytest.raises(Conflict, match=r"device\.changed"):
        change_device(town.actor("station_chief"), device=made, version=9, values={"name": "新"})


def test_the_bureau_names_its_grades(town: Town) -> None:
    administrator = town.actor("administrator")
    scheme = declare_scheme(administrator, code="safety", zh="三分级三提升", grades=THREE, kinds=["shop", "market"])
    assert [grade.zh for grade in scheme.grades.all()] == ["一般", "关注", "整治"]
    made = shop(town)
    officer = town.actor("community_officer")
    watch = scheme.grades.get(code="watch")
    with pytest.raises(Invalid, match=r"grading\.reasons"):
        grade_premises(officer, premises=made, grade=watch, reasons=" ")
    with pytest.raises(NotAllowed):
        grade_premises(town.actor("other_officer"), premises=made, grade=watch, reasons="占道")
    given = grade_premises(officer, premises=made, grade=watch, reasons="消防通道两次被占")
    today = clock.today()
    assert (given.measures, given.review_due_on) == ("每月走访", today + timedelta(days=30))
    assert given.graded_by_name == officer.name
    with pytest.raises(Conflict, match=r"grading\.in_use"):
        declare_scheme(administrator, code="safety", zh="三分级", grades=THREE[:1])
    again = declare_scheme(administrator, code="safety", zh="三分级", grades=THREE, kinds=["market"])
    assert (Scheme.objects.count(), again.zh) == (1, "三分级")
    with pytest.raises(Invalid, match=r"grading\.wrong_kind"):
        grade_premises(officer, premises=made, grade=again.grades.get(code="watch"), reasons="又被占")
    assert schemes_for(officer, kind="shop") == []


def test_a_new_decision_ends_the_one_before(town: Town, fixed_clock: Callable[[datetime], Any]) -> None:
    scheme = declare_scheme(town.actor("administrator"), code="safety", zh="三分级", grades=THREE)
    keep, watch, mend = scheme.grades.all()
    officer, made = town.actor("community_officer"), shop(town)
    first = grade_premises(officer, premises=made, grade=mend, reasons="电线私拉")
    second = grade_premises(officer, premises=made, grade=watch, reasons="已整改一半", review_due_on=date(2027, 1, 5))
    first.refresh_from_db()
    assert (first.ended_why, first.ended_at) == ("regraded", clock.now())
    assert list(gradings(officer)) == [second]
    assert {row.pk for row in history_of(officer, made)} == {first.pk, second.pk}
    assert not reviews_due(officer, until=date(2027, 1, 4))
    assert list(reviews_due(officer, until=date(2027, 1, 5))) == [second]
    assert not reviews_due(town.actor("other_officer"), until=date(2030, 1, 1))
    assert [(grade.code, grade.places) for grade in counts_by_grade(officer)] == [  # type: ignore[attr-defined]  # annotated
        ("keep", 0),
        ("watch", 1),
        ("mend", 0),
    ]
    with pytest.raises(Invalid, match=r"grading\.review_past"):
        grade_premises(officer, premises=made, grade=keep, reasons="好", review_due_on=clock.today())
    release_grading(officer, grading=second)
    with pytest.raises(Conflict, match=r"grading\.ended"):
        release_grading(officer, grading=second)
    third = grade_premises(officer, premises=made, grade=keep, reasons="已整改")
    close_premises(officer, premises=made, on=clock.today())
    third.refresh_from_db()
    assert third.ended_why == "closed"
    with pytest.raises(Conflict, match=r"premises\.closed"):
        grade_premises(officer, premises=made, grade=keep, reasons="好")
    assert not premises_of(officer)
    assert list(premises_of(officer, closed=True)) == [made]


@pytest.mark.django_db(transaction=True)
def test_two_decide_at_once_and_one_counts() -> None:
    town = build_town(rooms=1)
    scheme = declare_scheme(SETUP, code="safety", zh="三分级", grades=THREE)
    made = shop(town)
    officer, watch = town.actor("community_officer"), scheme.grades.get(code="watch")
    outcomes = race(4, lambda n: grade_premises(officer, premises=made, grade=watch, reasons=f"理由{n}"))
    assert Grading.objects.current().count() == 1
    assert {getattr(one, "code", "") for one in outcomes} <= {"", "grading.raced"}
