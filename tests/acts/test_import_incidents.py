"""Importing past incidents, and the figures on them against an independent computation."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from linli.insight.measures.queries import report_response, report_station, rooms_of
from linli.kernel.errors import NotFound
from linli.matters.ledger.models import Fact, Matter, Stamp
from linli.matters.search.acts import index_rows
from linli.matters.search.models import Words
from linli.operations.dispatch.models import Order
from linli.works.tables.acts import Outcome, run_import
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
CALLS = ROOT.parent / "shared" / "data" / "police" / "slo_calls_2021-09_2022-01.csv.gz"
MAP = ROOT / "docs" / "how-to" / "import" / "slo.toml"
HEAD = "case_number,received_at,dispatched_at,arrived_at,call_type,beat_grid,address_block,units,clearance_code\n"
ROWS = """1,2021-09-14T07:08,2021-09-14T07:12,2021-09-14T07:23,Theft,PN9,2900 BLK HIGUERA,"4267,4265",No Report
2,2021-09-14T07:30,,2021-09-14T07:31,Loud Noise,PN1,,COM1,
3,2021-09-14T07:39,2021-09-14T07:30,2021-09-16T08:14,killing,PN9,,"4265,,4265,4257",Gone
4,2021-11-07T00:55,2021-11-07T00:58,,,,,,
"""


def load(path: Path, rows: str = ROWS, **options: Any) -> Outcome:
    path.write_text(HEAD + rows, encoding="utf-8")
    return run_import(SETUP, kind="incidents", path=path, map_path=MAP, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    assert outcome.rows == outcome.created + outcome.updated + outcome.unchanged + outcome.rejected
    return (outcome.rows, outcome.created, outcome.updated, outcome.unchanged, outcome.rejected)


@pytest.fixture
def town() -> Town:
    return build_town(rooms=2)


def test_a_foreign_log_is_kept_as_it_is(town: Town, tmp_path: Path) -> None:
    assert counts(load(tmp_path / "c.csv")) == (4, 4, 0, 0, 0)
    theft = Matter.objects.get(external_number="1")
    assert (theft.state, theft.category, theft.agency) == ("closed", "1040", town.bureau)
    assert theft.received_at == datetime(2021, 9, 14, 14, 8, tzinfo=UTC)
    assert theft.details["units"] == ["4267", "4265"] and "foreign_category" not in theft.details
    noise = Matter.objects.get(external_number="2")
    assert (noise.category, noise.details["foreign_category"]) == ("9990", "Loud Noise")
    assert set(Stamp.objects.filter(matter=noise).values_list("milestone", flat=True)) == {"received", "arrived"}
    assert Fact.objects.get(matter=noise, name="beat").text == "PN1"
    assert Matter.objects.get(external_number="3").details["units"] == ["4265", "4257"]
    assert set(Stamp.objects.values_list("source", flat=True)) == {"import"}
    numbers = list(Matter.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 4 and all(number.startswith("JQ2021") for number in numbers)
    assert not Matter.objects.still_open().exists() and not Order.objects.exists()


def test_again_nothing_and_corrections_only_where_they_are(town: Town, tmp_path: Path) -> None:
    load(tmp_path / "c.csv")
    versions = dict(Matter.objects.values_list("external_number", "version"))
    assert counts(load(tmp_path / "c.csv")) == (4, 0, 0, 4, 0)
    assert dict(Matter.objects.values_list("external_number", "version")) == versions
    changed = ROWS.replace(",2021-09-14T07:31,Loud", ",2021-09-14T07:35,Louder").replace("PN9,2900", "PN8,2901")
    assert counts(load(tmp_path / "c.csv", changed)) == (4, 0, 2, 2, 0)
    noise, theft = Matter.objects.get(external_number="2"), Matter.objects.get(external_number="1")
    assert (
        noise.details["foreign_category"]
        == "Louder Noise"
        == Fact.objects.get(matter=noise, name="foreign_category").text
    )
    arrived = Stamp.objects.get(matter=noise, milestone="arrived")
    assert arrived.server_at == datetime(2021, 9, 14, 14, 35, tzinfo=UTC)
    assert Fact.objects.get(matter=theft, name="beat").text == "PN8" and theft.address == "2901 BLK HIGUERA"
    later = "2,2021-09-14T07:30,2021-09-14T07:31,,,,,,Done\n"
    assert counts(load(tmp_path / "c.csv", later)) == (1, 0, 1, 0, 0)
    assert Stamp.objects.filter(matter=noise).count() == 3
    assert Fact.objects.get(matter=noise, name="result").text == "Done"


def test_repeated_numbers_are_one_call(town: Town, tmp_path: Path) -> None:
    rows = ROWS + "2,2021-09-14T07:30,2021-09-14T07:31,,,,,COM9,\n" + "2,2021-09-14T07:30,,,,,,,\n"
    assert counts(load(tmp_path / "c.csv", rows)) == (6, 4, 1, 1, 0)
    noise = Matter.objects.get(external_number="2")
    assert noise.details["units"] == ["COM9"] and noise.details["foreign_category"] == "Loud Noise"
    assert counts(load(tmp_path / "c.csv", rows)) == (6, 0, 0, 6, 0)


def test_wrong_cells_are_rejected_alone(town: Town, tmp_path: Path) -> None:
    rows = ROWS + "5,,,,Theft,PN1,,,\n6,yesterday,,,Theft,PN1,,,\n,2021-09-14T07:30,,,Theft,PN1,,,\n"
    outcome = load(tmp_path / "c.csv", rows)
    assert counts(outcome) == (7, 4, 0, 0, 3)
    lines = Path(outcome.report).read_text(encoding="utf-8").splitlines()[1:]
    assert {(f["row"], f["column"]) for f in map(json.loads, lines)} == {
        (6, "received_at"),
        (7, "received_at"),
        (8, "number"),
    }
    strict = load(tmp_path / "c.csv", rows.replace("6,yesterday", "7,yesterday"), strict=True)
    assert strict.kept_out and Matter.objects.count() == 4


def test_places_and_rooms_of_past_calls_count_for_their_station(town: Town, tmp_path: Path) -> None:
    lon, lat = town.spot(1)
    path = tmp_path / "c.csv"
    head = "number,received_at,ordered_at,category,priority,agency,lon,lat\n"
    rows = [
        f"a,2026-01-31T23:59+08:00,,盗窃,3,R1,{lon},{lat}",
        f"b,2026-02-01T00:00+08:00,,盗窃,3,R1,{lon},{lat}",
        f"c,2026-02-28T23:59+08:00,,盗窃,3,S1,{lon},{lat}",
        f"d,2026-02-10T12:00+08:00,,盗窃,3,,{lon},{lat}",
        "e,2025-02-10T12:00+08:00,,盗窃,3,R2,,",
        "f,2025-02-11T12:00+08:00,,盗窃,3,B,,",
    ]
    path.write_text(head + "\n".join(rows), encoding="utf-8")
    assert counts(run_import(SETUP, kind="incidents", path=path)) == (6, 6, 0, 0, 0)
    placed = Matter.objects.get(external_number="d")
    assert (placed.grid.code, placed.agency, placed.station) == ("G2", town.rooms[1], town.station)  # type: ignore[union-attr]
    begins, ends = date(2026, 2, 1), date(2026, 3, 1)
    answer = report_station(SETUP, station="S1", begins=begins, ends=ends)
    assert (answer["incidents"], answer["diverted"]) == (3, 1)
    assert answer["diverted_share"] == pytest.approx(1 / 3)
    assert answer["previous"] == {"incidents": 1, "diverted": 1, "diverted_share": 1.0} and answer["change"] == 2.0
    assert rooms_of(SETUP, town.station, begins, ends) == {"第1警务室": 1}
    none_before = report_station(SETUP, station="S1", begins=date(2020, 1, 1), ends=date(2020, 2, 1))
    assert none_before["change"] is None and none_before["diverted_share"] is None
    with pytest.raises(NotFound):
        report_station(SETUP, station="S9", begins=begins, ends=ends)


def expected(path: Path, by: str) -> dict[str, dict[str, Any]]:
    """The same figures from the file itself with numpy: last row of a number wins, blanks overwrite nothing."""
    calls: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines()):
        calls.setdefault(row["case_number"], {}).update({k: v for k, v in row.items() if v})
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for call in calls.values():
        if by == "unit":
            for sign in dict.fromkeys(part.strip() for part in call.get("units", "").split(",") if part.strip()):
                groups[sign].append(call)
        else:
            groups[call.get({"beat": "beat_grid", "category": "call_type"}[by], "")].append(call)
    return {key: {"calls": len(own), **_figures(own)} for key, own in groups.items()}


def _figures(calls: list[dict[str, str]]) -> dict[str, Any]:
    zone = ZoneInfo("America/Los_Angeles")

    def at(call: dict[str, str], name: str) -> float | None:
        return datetime.fromisoformat(call[name]).replace(tzinfo=zone).timestamp() if name in call else None

    def figure(pairs: list[tuple[float | None, float | None]]) -> dict[str, Any]:
        known = [b - a for a, b in pairs if a is not None and b is not None]
        kept = [s for s in known if 0 <= s <= 86_400]
        quantiles = {name: float(np.quantile(kept, q)) if kept else None for name, q in (("p50", 0.5), ("p90", 0.9))}
        excluded = {
            "missing": len(pairs) - len(known),
            "negative": sum(s < 0 for s in known),
            "over_24_h": sum(s > 86_400 for s in known),
        }
        return {"n": len(kept), **quantiles, "excluded": excluded}

    times = [(at(c, "received_at"), at(c, "dispatched_at"), at(c, "arrived_at")) for c in calls]
    return {
        "queue_s": figure([(r, o) for r, o, _ in times]),
        "travel_s": figure([(o, a) for _, o, a in times]),
        "response_s": figure([(r if o is not None else None, a) for r, o, a in times]),
    }


def assert_alike(groups: list[dict[str, Any]], wanted: dict[str, dict[str, Any]]) -> None:
    assert {group["key"] for group in groups} == set(wanted)
    for group in groups:
        own = wanted[group["key"]]
        assert group["calls"] == own["calls"]
        for name in ("queue_s", "travel_s", "response_s"):
            assert {k: v for k, v in group[name].items() if k not in ("p50", "p90")} == {
                k: v for k, v in own[name].items() if k not in ("p50", "p90")
            }, (group["key"], name)
            for part in ("p50", "p90"):
                assert group[name][part] == pytest.approx(own[name][part]), (group["key"], name, part)


@pytest.mark.timeout(300)  # 12,975 rows twice, counted two ways: near the limit when another lane shares the machine
@pytest.mark.skipif(
    not CALLS.exists() and os.environ.get("CI") != "true", reason="../shared/data is absent: real police calls"
)
def test_real_calls_equal_an_independent_computation() -> None:
    """P2 and the issue's bar: 12,975 rows are 12,972 calls; imported again they change nothing."""
    outcome = run_import(SETUP, kind="incidents", path=CALLS, map_path=MAP)
    assert (outcome.rows, outcome.created, outcome.rejected) == (12_975, 12_972, 0)
    for by in ("beat", "unit", "category"):
        assert_alike(report_response(SETUP, by=by)["groups"], expected(CALLS, by))
    again = run_import(SETUP, kind="incidents", path=CALLS, map_path=MAP)
    assert counts(again) == (12_975, 0, 0, 12_975, 0)


def test_a_batch_looks_the_small_tables_up_once(
    town: Town, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """The import of a town's calls asks for agencies and categories once a step, not once a row."""
    load(tmp_path / "c.csv")
    matters = list(Matter.objects.all())
    with django_assert_max_num_queries(3):
        rows = index_rows(matters)
    assert sum(isinstance(row, Words) for row in rows) == len(matters) == 4


def test_live_calls_count_under_each_unit_with_its_own_clock(town: Town) -> None:
    """A call with two units counts under each with that unit's own times, once under its beat by the first arrival."""
    at = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
    matter = Matter.objects.create(
        number="JQ20260301-000001",
        kind="incident",
        state="closed",
        category="1040",
        opened_by=SETUP.id,
        received_at=at,
        opened_at=at,
        agency=town.rooms[0],
    )
    Fact.objects.create(matter=matter, name="beat", text="甲")
    for unit, ordered_s, arrived_s, proven_s in ((town.units[0], 30, 400, 350), (town.units[1], 60, None, None)):
        Order.objects.create(
            matter=matter,
            unit=unit,
            state="done",
            ordered_by="演",
            ordered_at=at + timedelta(seconds=ordered_s),
            arrived_at=at + timedelta(seconds=arrived_s) if arrived_s else None,
            arrived_proven_at=at + timedelta(seconds=proven_s) if proven_s else None,
        )
    by_unit = {group["key"]: group for group in report_response(SETUP, by="unit")["groups"]}
    assert by_unit["警101"]["travel_s"]["p50"] == 320.0  # type: ignore[index]
    assert by_unit["警201"]["travel_s"]["excluded"]["missing"] == 1  # type: ignore[index]
    (once,) = report_response(SETUP, by="beat")["groups"]
    assert (once["key"], once["calls"], once["response_s"]["p50"]) == ("甲", 1, 350.0)  # type: ignore[index]
    (category,) = report_response(SETUP, by="category", begins=date(2026, 3, 1), ends=date(2026, 3, 2))["groups"]
    assert category["key"] == "1040"
    assert report_response(SETUP, by="category", begins=date(2026, 3, 2))["groups"] == []
