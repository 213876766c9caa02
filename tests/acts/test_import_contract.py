"""Every kind that the contract names, from outside: the same promises of ``linli import`` for each (contract.md)."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box

from linli.command.main import main
from linli.places.homes.models import Firm, Home
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.rules.identity import check_digit
from linli.places.premises.models import Premises
from linli.works.tables.acts import IMPORTERS
from linli.works.tables.acts.exporting import rows_of
from linli.works.tables.exporting import write_workbook
from tests.town import SETUP, SOUTH, WEST, build_town

pytestmark = pytest.mark.django_db
LON, LAT = WEST + 0.005, SOUTH + 0.005
HEAD = "33072619680312012"
NUMBER = HEAD + check_digit(HEAD)
Row = dict[str, Any]


KINDS = f"""
divisions (code)
+ code=33; name=某省
+ code=3307; name=乙市
~ name=某某省
! code=3307x
agencies (code)
+ code=S8; name=溪西派出所; kind=station; parent=B
+ code=R8; name=溪西警务室; kind=room; parent=S8
~ phone=5550101
! code=S9; parent=X
rooms (code)
+ code=R7; name=桥头警务室; kind=room; parent=S1; hours=每天 8:00-20:00
~ phone=5550102
! code=R9; hours=随时
people (staff_no)
+ staff_no=N100; name=周七; agency=R1; post=auxiliary
~ phone=13900002222
! staff_no=N101; agency=X
grids (code kind)
+ code=G90; name=新网格; kind=social; shape={box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01).wkt}
~ name=新网格一
! code=G91; shape=POINT(1 1)
addresses (text code)
+ text=桃花路1号; lon={LON}; lat={LAT}; code=A1
+ text=桃花路2号; lon={LON}; lat={LAT}; code=A2
~ village=桃花村
! text=桃花路3号; code=A3; lat=不知
premises (code)
+ code=P1; name=便民超市; kind=shop; lon={LON}; lat={LAT}; usual_people=6
~ operator=万家公司
! code=P2; usual_people=-1
firms (code)
+ code=P1; name=便民超市; legal_person=演员乙; contact_phone=13900003333
+ code=F2; name=临溪五金厂; lon={LON}; lat={LAT}; staff_count=12; contact_name=演员丙
~ staff_count=8
! code=F3; lon={LON}; lat={LAT}; credit_code=91330000X
homes (address unit room)
+ address=A1; unit=1; room=101; use=出租; landlord_name=演员丁
+ address=桃花路1号; use=自住; owner_phone=13900004444
~ rooms_count=3
! address=A9
occupants (name id_number)
+ name=演员戊; id_number={NUMBER}; kind=registered; address_code=A1; room=101; since=2021-05-01
+ name=演员己; kind=migrant; address=桃花路2号; born_on=1990-01-02; since=2024-03-01; phone=13900005555
~ phone=13900006666
! name=演员庚; id_number={NUMBER[:-1]}?; address_code=A1
devices (code)
+ code=C1; name=村口; kind=一类视频; lon={LON}; lat={LAT}
~ owner=溪东村
! code=C2; direction_deg=400
volunteers (code)
+ code=V1; name=演员甲; phone=13900001111; kind=courier; agency=R1; consented_on=2026-01-05
~ phone=13900007777
! code=V2; agency=X
incidents (number)
+ number=D1; received_at=2026-02-01T08:00; category=1040; narrative=车被偷; agency=R1
~ narrative=电动车被偷
! number=D2; received_at=昨天
"""
"""Each in an order in which it finds what it stands on: its key, good rows, what a second row of the first's key says,
what makes a row wrong."""


@dataclass
class Kind:
    """A kind of the contract with its rows."""

    name: str
    key: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    later: Row = field(default_factory=dict)
    wrong: Row = field(default_factory=dict)


def kinds() -> list[Kind]:
    found: list[Kind] = []
    for line in KINDS.strip().splitlines():
        sign, _, rest = line.partition(" ")
        row = dict(cell.split("=", 1) for cell in rest.split("; ")) if sign in "+~!" else {}
        if sign == "+":
            found[-1].rows.append(row)
        elif sign == "~":
            found[-1].later = row
        elif sign == "!":
            found[-1].wrong = row
        else:
            found.append(Kind(sign, tuple(rest.strip("()").split())))
    return found


def linli(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Row:
    answered = main([*words, "--json"])
    said = capsys.readouterr()
    assert answered == code, (words, said.err, said.out)
    assert said.out.count("\n") == (0 if code == 2 else 1)
    if code == 2:
        assert len([line for line in said.err.splitlines() if line.startswith("linli import:")]) == 1
        return {}
    told: Row = json.loads(said.out)
    return told


def written(folder: Path, kind: Kind, rows: list[Row]) -> tuple[str, str]:
    """A file with headings of somebody else's, and the map that says which is ours."""
    names = list(dict.fromkeys(name for row in [*kind.rows, kind.later, kind.wrong, *rows] for name in row))
    path, mapping = folder / f"{kind.name}.csv", folder / f"{kind.name}.toml"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([f"他们的{name}" for name in names])
        writer.writerows([[row.get(name, "") for name in names] for row in rows])
    mapping.write_text("[columns]\n" + "".join(f"{name} = '他们的{name}'\n" for name in names), encoding="utf-8")
    return str(path), str(mapping)


def counts(told: Row) -> tuple[int, int, int, int]:
    assert set(told) == {"rows", "created", "updated", "unchanged", "rejected", "report"}
    assert told["rows"] == told["created"] + told["updated"] + told["unchanged"] + told["rejected"]
    return told["created"], told["updated"], told["unchanged"], told["rejected"]


def test_every_kind_keeps_the_contract(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    build_town(rooms=2)
    for kind in kinds():
        _kept_by(capsys, tmp_path, kind)
    _homes_and_firms()
    _there_and_back(capsys, tmp_path)


def _kept_by(capsys: pytest.CaptureFixture[str], folder: Path, kind: Kind) -> None:
    told = linli(capsys, "import", kind.name, "--columns")
    assert tuple(told["key"]) == kind.key
    assert {name for row in kind.rows for name in row} <= {one["name"] for one in told["columns"]}
    first, count = kind.rows[0], len(kind.rows)
    bad = {**first, **kind.wrong}
    path, mapping = written(folder, kind, [*kind.rows, bad])
    asked = ("import", kind.name, path, "--map", mapping)
    linli(capsys, "import", kind.name, str(folder / "none.csv"), code=2)
    linli(capsys, "import", kind.name, path, code=2)
    assert counts(linli(capsys, *asked, "--strict", code=1))[:2] == (0, 0), kind.name
    fresh = count - (kind.name == "firms")  # One of the firms stands in premises that are on record.
    assert counts(linli(capsys, *asked, "--dry-run")) == (fresh, count - fresh, 0, 1), kind.name
    assert counts(linli(capsys, *asked)) == (fresh, count - fresh, 0, 1), kind.name
    assert counts(linli(capsys, *asked)) == (0, 0, count, 1), (kind.name, "again changes nothing")
    key = {name: first[name] for name in kind.key if name in first} | {
        name: first[name] for name in ("address_code", "room") if name in first
    }
    path, _ = written(folder, kind, [{**first, **dict.fromkeys(kind.later, "")}, {**key, **kind.later}])
    assert counts(linli(capsys, *asked)) == (0, 2, 0, 0), (kind.name, "the later row of a key wins")
    path, _ = written(folder, kind, [key])
    assert counts(linli(capsys, *asked)) == (0, 0, 1, 0), (kind.name, "a blank never overwrites")
    path, _ = written(folder, kind, [{**first, **kind.later}])
    assert counts(linli(capsys, *asked)) == (0, 0, 1, 0), kind.name
    (folder / f"{kind.name}.csv").write_bytes(b"\x00\xff\x00")
    linli(capsys, *asked, code=2)


def _homes_and_firms() -> None:
    """What was told alone stands where it belongs, sealed."""
    let = Home.objects.get(code="A1-U1-R101")
    assert (let.use, let.rooms_count, let.told("landlord_name"), let.agency_path) == ("let", 3, "演员丁", "/B/S1/R1/")
    assert "演员".encode() not in bytes(let.landlord_name_sealed)
    shop = Firm.objects.get(premises__code="P1")
    assert (shop.staff_count, shop.told("legal_person"), shop.premises.kind) == (8, "演员乙", "shop")
    assert Premises.objects.get(code="F2").kind == "firm"


def _there_and_back(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """What is exported and imported again changes nothing."""
    before = Residence.objects.count(), Occupant.objects.count(), Home.objects.count()
    for kind in ("occupants", "homes", "firms", "premises", "devices", "volunteers", "addresses"):
        sheet = folder / f"out-{kind}.xlsx"
        count = write_workbook(sheet, IMPORTERS[kind], rows_of(SETUP, kind))
        assert count > 0
        assert counts(linli(capsys, "import", kind, str(sheet))) == (0, 0, count, 0), kind
    assert (Residence.objects.count(), Occupant.objects.count(), Home.objects.count()) == before
