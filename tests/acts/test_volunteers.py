"""Volunteers: consent first, sealed and masked, counted by grid, erased when they withdraw (P14, Q12)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.kernel.geo import Box
from linli.places.map.queries import features_of, layer_named
from linli.places.map.rules import LayerQuery
from linli.trail.entries.models import Entry
from linli.volunteers.members.acts import change_member, move_member, register_member, withdraw_member
from linli.volunteers.members.models import FreeTime, Member
from linli.volunteers.members.queries import counts_by_grid, free_at, member_by_code, members_of
from linli.works.tables.acts import Outcome, run_import
from tests.town import SETUP, Town, build_town

HEAD = "编号,姓名,电话,类别,单位代码,警格编号,同意日期,可用时间,夜间可联系\n"


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=2)


def enlist(town: Town, code: str = "V-1", **more: Any) -> Member:
    facts: dict[str, Any] = {
        "kind": "courier",
        "name": "演骑手",
        "phone": "139 0000 0001",
        "agency": town.rooms[0],
        "consented_on": date(2026, 1, 5),
        "grid_code": "G1",
        "free": "周一至周五 18:00-21:00",
        **more,
    }
    return register_member(town.actor("community_officer"), code=code, **facts)


def test_every_column_has_a_purpose() -> None:
    columns = {field.name for field in Member._meta.local_fields if not isinstance(field, models.UUIDField)}
    assert columns - {"version"} == set(Member.PURPOSES)


def test_on_record_by_consent_sealed_and_found_whole(town: Town) -> None:
    made = enlist(town)
    officer, other = town.actor("community_officer"), town.actor("other_officer")
    assert (made.name, made.phone, made.free_times.count()) == ("演骑手", "13900000001", 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM volunteers_member")
        assert "13900000001" not in str(cursor.fetchall())
    for words in ("V-1", "演骑手", "13900000001", "+86 139-0000-0001"):
        assert list(members_of(officer, words=words)) == [made], words
    for words in ("演骑", "1390000", "别人"):
        assert not members_of(officer, words=words), "a part of a name or a number finds nobody"
    assert not members_of(other)
    with pytest.raises(NotFound):
        member_by_code(other, "V-1")
    with pytest.raises(NotAllowed):
        enlist(town, "V-2", agency=town.rooms[1])
    kept = Entry.objects.get(act="volunteer.register", subject_id=str(made.pk)).facts or {}
    assert "13900000001" not in str(kept) and "演骑手" not in str(kept)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "informer"}, "kind"),
        ({"name": " "}, "name"),
        ({"phone": "123"}, "phone"),
        ({"consented_on": date(2099, 1, 1)}, "consented_on"),
        ({"grid_code": "G99"}, "grid_code"),
        ({"free": "有空就来"}, "free"),
        ({"code": "一号"}, "code"),
    ],
)
def test_a_card_that_cannot_be(town: Town, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        enlist(town, **facts)
    assert refused.value.facts["field"] == field
    assert not Member.objects.exists()


def test_nobody_is_asked_at_night_who_has_not_agreed(town: Town) -> None:
    enlist(town)
    enlist(town, "V-2", free="每天 24小时")
    enlist(town, "V-3", free="每天 24小时", at_night=True)
    rows = members_of(town.actor("community_officer"))
    monday = datetime(2026, 11, 23, 19, 0, tzinfo=clock.SHANGHAI)
    assert {row.code for row in free_at(rows, monday)} == {"V-1", "V-2", "V-3"}
    assert {row.code for row in free_at(rows, monday + timedelta(hours=4))} == {"V-3"}
    assert {row.code for row in free_at(rows, monday - timedelta(hours=7))} == {"V-2", "V-3"}
    move_member(town.actor("community_officer"), member=rows.get(code="V-3"), move="pause")
    assert not free_at(rows, monday + timedelta(hours=4))


def test_the_map_knows_numbers_only(town: Town) -> None:
    enlist(town)
    enlist(town, "V-2", kind="resident")
    enlist(town, "V-3", grid_code="")
    officer = town.actor("community_officer")
    assert counts_by_grid(officer) == {"G1": 2}
    layer = layer_named("volunteers")
    (feature,) = features_of(officer, layer, LayerQuery(bbox=Box(119.0, 29.0, 121.0, 30.0)))
    assert feature.geometry.geom_type == "Polygon"
    assert feature.properties == {"code": "G1", "name": "第1警格", "count": 2}
    (feature,) = features_of(officer, layer, LayerQuery(where={"kind": ("resident",)}))
    assert feature.properties["count"] == 1
    assert not list(features_of(town.actor("other_officer"), layer, LayerQuery()))


def test_withdrawing_erases(town: Town) -> None:
    made, officer = enlist(town), town.actor("community_officer")
    changed = change_member(
        officer, member=made, version=1, kind="guard", grid_code="", at_night=True, free="周六 09:00-12:00", phone=""
    )
    assert (changed.kind, changed.phone, changed.free_times.count()) == ("guard", "13900000001", 1)
    with pytest.raises(Conflict, match=r"volunteer\.changed"):
        change_member(officer, member=made, version=1, kind="guard", grid_code="", at_night=True, free="")
    withdraw_member(officer, member=made)
    made.refresh_from_db()
    assert (made.name, made.phone, made.name_index, made.phone_index) == ("", "", "", "")
    assert made.withdrawn_on == clock.today() and not FreeTime.objects.exists()
    assert not members_of(officer)
    with pytest.raises(Conflict):
        withdraw_member(officer, member=made)
    with pytest.raises(Conflict, match=r"volunteer\.withdrawn"):
        change_member(officer, member=made, version=made.version, kind="guard", grid_code="", at_night=True, free="")
    with pytest.raises(Invalid, match="no_such_move"):
        move_member(officer, member=enlist(town, "V-2"), move="withdraw")


def load(folder: Path, rows: str, **options: Any) -> Outcome:
    path = folder / "v.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return run_import(SETUP, kind="volunteers", path=path, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    return (outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected)


def test_imported_from_a_table(town: Town, tmp_path: Path) -> None:
    rows = (
        "V1,演甲,139-0000-0001,快递骑手,R1,G1,2026-01-05,周一至周五 18:00-21:00,\n"
        "V2,演乙,13900000002,退休教师,R2,,2026-01-05,,是\n"
    )
    assert counts(load(tmp_path, rows)) == (2, 2, 0, 0, 0)
    first = Member.objects.get(code="V1")
    assert (first.name, first.phone, first.free_times.count(), first.at_night) == ("演甲", "13900000001", 5, False)
    assert counts(load(tmp_path, rows)) == (2, 0, 0, 2, 0)
    assert counts(load(tmp_path, "V1,演甲,13900000001,,R2,,,周六 09:00-12:00,\n")) == (1, 0, 1, 0, 0)
    first.refresh_from_db()
    assert (first.agency.code, first.kind, first.free_times.count(), first.grid_code) == ("R2", "courier", 1, "G1")
    withdraw_member(SETUP, member=first)
    outcome = load(
        tmp_path,
        "V1,演甲,13900000001,快递骑手,R1,G1,2026-01-05,,\n"
        "V3,演丙,13900000003,快递骑手,R9,,2026-01-05,,\n"
        "V4,演丁,13900000004,快递骑手,R1,,,,\n"
        "V5,演戊,13900000005,快递骑手,R1,,2026-01-05,随时,\n"
        "V6,演己,13900000006,快递骑手,R1,G9,2026-01-05,,\n",
    )
    assert counts(outcome) == (5, 0, 0, 0, 5)
    found = {f["row"]: f["column"] for f in map(json.loads, Path(outcome.report).read_text("utf-8").splitlines()[1:])}
    assert found == {2: "code", 3: "agency", 4: "consented_on", 5: "free", 6: "grid_code"}
    strict = load(tmp_path, "V7,演庚,13900000007,居民志愿者,R1,,2026-01-05,,\nV8,,,,,,,,\n", strict=True)
    assert strict.kept_out and not Member.objects.filter(code="V7").exists()
