"""The line on the phone: a report by photo alone, signed and sent back without a signal, its maker reads what became of
it; a team's result, a lifted matter and thanks written at the spot; what the office decides reaches its author.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

import pytest

from linli.field.conflicts.acts import settle
from linli.field.conflicts.models import Divergence
from linli.field.files.models import Awaited, PhoneFile
from linli.field.inbox.acts import take_batch
from linli.field.packs.queries import due_now, items, pack_forms
from linli.field.replay.acts import hang_file
from linli.field.replay.queries import answers_since
from linli.field.replay.rules.answers import Answer
from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.helping.models import Helper
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.phone.queries import AS_ATTACHED
from linli.matters.thanks.queries import told_to_giver
from linli.operations.sorties.acts import send_sortie
from linli.places.premises.acts import change_premises, register_premises
from linli.works.files.models import StoredFile
from tests.town import Town, build_town, person

pytestmark = pytest.mark.django_db
PHOTO = [{"sha256": "a" * 64, "bytes": 3, "name": "灯.jpg"}]


class Pocket:
    """One person's phone: what it holds and does."""

    def __init__(self, town: Town, name: str) -> None:
        self.actor: Actor = town.actor(name, door="field")
        self.device = uuid.uuid4()
        self._seq: dict[uuid.UUID, int] = defaultdict(int)

    def op(self, act: str, record: uuid.UUID, **values: Any) -> dict[str, Any]:
        self._seq[record] += 1
        changed = {
            name: value if isinstance(value, dict) and "new" in value else {"new": value}
            for name, value in values.items()
        }
        return {
            "id": str(uuid.uuid4()), "author": str(self.actor.id), "seq": self._seq[record], "branch": str(record),
            "act": act, "record": str(record), "changed": changed,
        }  # fmt: skip

    def send(self, *operations: dict[str, Any]) -> list[Answer]:
        return take_batch(self.actor, device=self.device, operations=operations)

    def did(self, *operations: dict[str, Any]) -> None:
        told = self.send(*operations)
        assert [one.answer for one in told] == ["applied"] * len(told), [one.as_json() for one in told]

    def holds(self, kind: str) -> list[dict[str, Any]]:
        due = dict(due_now(self.actor, "f"))
        return [one for one in items(self.actor, list(due), due, pack_forms(self.actor)) if one["type"] == kind]

    def one(self, kind: str) -> tuple[uuid.UUID, dict[str, Any]]:
        [found] = self.holds(kind)
        return uuid.UUID(found["id"]), found["data"]


@pytest.fixture
def town() -> Town:
    made = build_town(rooms=1)
    made.people["assistant"] = person("assistant", made.rooms[0])
    return made


def test_a_report_by_photo_goes_up_and_back_and_its_maker_reads_what_became_of_it(town: Town) -> None:
    maker, signer = Pocket(town, "grid_worker"), Pocket(town, "assistant")
    [empty] = maker.send(maker.op("matter.open:hazard", new_id()))
    assert (empty.answer, empty.facts["field"]) == ("rejected", "what"), "neither words nor a photo"
    record = new_id()
    maker.did(maker.op("matter.open:hazard", record, photos=PHOTO))
    assert Matter.objects.get(pk=record).details["what"] == AS_ATTACHED
    key, mine = maker.one("hop")
    assert (mine["group"], mine["kind"], mine["state"], mine["acts"]) == ("mine", "mine", "waiting", [])
    there, asked = signer.one("hop")
    assert there == key and asked["group"] == "today" and asked["due_at"]
    assert asked["acts"][:2] == ["line.sign", "line.send_up"] and "line.send_back" in asked["acts"]
    signer.did(signer.op("line.sign", key), signer.op("line.send_back", key, word="哪一盏灯？"))
    assert signer.holds("hop") == []
    _, back = maker.one("hop")
    assert (back["group"], back["state"], back["acts"]) == ("today", "back", ["line.send_again"])
    assert "哪一盏灯？" in back["lines"]
    maker.did(maker.op("line.send_again", key, word="村口第三盏"))
    there, again = signer.one("hop")
    assert there != key and "村口第三盏" in again["lines"]
    signer.did(signer.op("line.sign", there), signer.op("line.send_up", there, word="要供电公司"))
    officer = Pocket(town, "community_officer")
    # An auxiliary stands between: two hops further it lies with the officer, who settles it.
    between = Pocket(town, "auxiliary")
    higher, _ = between.one("hop")
    between.did(between.op("line.send_up", higher))
    last, _ = officer.one("hop")
    officer.did(officer.op("line.settle", last, word="灯已换好"))
    _, told = maker.one("hop")
    assert (told["state"], told["group"], told["acts"]) == ("settled", "mine", []) and "灯已换好" in told["lines"]


def test_a_teams_result_a_lifted_matter_and_thanks_are_written_at_the_spot(town: Town) -> None:
    officer, auxiliary = Pocket(town, "community_officer"), Pocket(town, "auxiliary")
    lon, lat = town.spot()
    place = Placed(lon, lat, "集市后巷", None, "desk", None, town.rooms[0], town.station)
    tip = open_matter(town.actor("grid_worker"), kind="tip", details={"what": "有人撬车"}, place=place)
    lifts = {one["data"]["level"]: one["data"]["acts"] for one in officer.holds("matter")}
    assert "level.lift:grid" in lifts["grid"] and "level.lift:street" not in lifts["grid"]
    officer.did(officer.op("level.lift:grid", tip.pk, reason="要民警办"))
    [late] = officer.send(officer.op("level.lift:grid", tip.pk, reason="要民警办"))
    assert (late.answer, late.code) == ("conflict", "level.changed"), "written twice it is lifted once"
    tip.refresh_from_db()
    assert tip.level == "police_grid"
    move_matter(officer.actor, matter=tip, move="check", facts={"checked": "摄像头旁有两人"})
    send_sortie(officer.actor, matter=Matter.objects.get(pk=tip.pk))
    key, out = officer.one("sortie")
    assert out["group"] == "now" and "sortie.report" in out["acts"] and "有人撬车" in out["lines"]
    assert all("sortie.report" not in one["data"]["acts"] for one in auxiliary.holds("sortie"))
    [wrong] = officer.send(officer.op("sortie.report", key, finding="caught", account="当场控制"))
    assert (wrong.answer, wrong.code) == ("rejected", "sortie.nobody_held")
    officer.did(officer.op("sortie.report", key, finding="caught", held=2, account="当场控制"))
    assert officer.holds("sortie") == []
    officer.did(officer.op("thanks.give", tip.pk, text="多谢", reward_yuan=200))
    assert [(one.text, one.reward_yuan) for one in told_to_giver(tip).thanks] == [("多谢", 200)]


def test_what_the_office_decides_and_what_could_not_be_hung_reaches_its_author(town: Town) -> None:
    chief, first, second = (
        town.actor("station_chief"),
        Pocket(town, "community_officer"),
        Pocket(town, "community_officer"),
    )
    row = register_premises(
        chief, code="G-1", name="小卖部", kind="shop", agency_path=town.rooms[0].path, operator="甲"
    )
    change_premises(chief, premises=row, version=row.version, values={"operator": "乙"})
    said = {"old": "甲", "new": "丙"}
    [told] = first.send(first.op("premises.change", row.pk, operator=said))
    assert (told.answer, told.facts["class"]) == ("conflict", "legal")
    assert told.facts["fields"]["operator"] == {"mine": "丙", "server": "乙", "was": "甲"}
    settle(chief, divergence=Divergence.objects.get(), choice="server")
    [after] = answers_since(first.actor, since="", limit=9).answers
    assert (after.id, after.answer, after.facts["settled"]) == (told.id, "conflict", "server")
    row.refresh_from_db()
    assert row.operator == "乙"

    # Another phone of the same author counts for itself: its second one waits for its own first.
    record = new_id()
    first.did(first.op("matter.open:hazard", record, what="灯"))
    note = [second.op("matter.note", record, text="一"), second.op("matter.note", record, text="二")]
    [early] = second.send(note[1])
    assert (early.answer, early.code) == ("retry", "field.waits")
    second.did(note[0])

    first.did(first.op("matter.open:hazard", new_id(), photos=PHOTO))
    awaited = Awaited.objects.get()
    awaited.record_id = new_id()
    stored = StoredFile(sha256="b" * 64)
    assert not PhoneFile.objects.exists()
    hang_file(first.actor, awaited=awaited, stored=stored)
    heard = answers_since(first.actor, since="", limit=9).answers[-1]
    assert heard.answer == "applied" and heard.facts["refused_files"][0]["name"] == "灯.jpg"
    assert clock.now() >= awaited.at


def test_helpers_join_end_their_part_and_leave_without_a_signal(town: Town) -> None:
    town.people["liaison_cadre"] = person("liaison_cadre", town.rooms[0])
    officer, lon_lat = town.actor("community_officer"), town.spot()
    place = Placed(*lon_lat, "溪东三号", None, "desk", None, town.rooms[0], town.station)
    asked = open_matter(officer, kind="help_request", title="代取药", details={"need": "每周一次"}, place=place)
    first, second, third = (Pocket(town, name) for name in ("grid_worker", "auxiliary", "liaison_cadre"))
    assign_matter(officer, matter=asked, assignee=town.people["grid_worker"])
    _, given = first.one("matter")
    assert "matter.move:help_request.take_on" in given["acts"]
    first.did(first.op("matter.move:help_request.take_on", asked.pk))
    _, mine = first.one("matter")
    assert "help.join:along" not in mine["acts"], "at it already"
    [twice] = first.send(first.op("help.join:along", asked.pk))
    assert (twice.answer, twice.code) == ("conflict", "help.closed")
    _, near = second.one("matter")
    assert "help.join:along" in near["acts"]
    assert third.holds("matter") == [], "a cadre who was not asked sees nothing of it"
    [hidden] = third.send(third.op("help.join:along", asked.pk))
    assert hidden.answer == "rejected"
    second.did(second.op("help.join:along", asked.pk))
    key, part = second.one("helper")
    assert part["group"] == "today" and part["acts"] == ["help.done", "help.leave"] and "每周一次" in part["lines"]
    [empty] = second.send(second.op("help.done", key))
    assert (empty.answer, empty.facts["field"]) == ("rejected", "word")
    [not_his] = first.send(first.op("help.done", key, word="不是我的"))
    assert not_his.answer == "rejected"
    second.did(second.op("help.done", key, word="送到药了"))
    assert second.holds("helper") == []
    assert first.holds("helper") == [], "who took it on has the request itself, once"
    second.did(second.op("help.join:along", asked.pk))
    again, _ = second.one("helper")
    second.did(second.op("help.leave", again, word="换班"))
    first.did(first.op("matter.move:help_request.hand_back", asked.pk, reason="老人转院"))
    asked.refresh_from_db()
    assert (asked.state, asked.details["reason"]) == ("open", "老人转院"), "it waits again"
    assert [(row.name, row.state, row.word) for row in Helper.objects.filter(matter=asked)] == [
        ("演grid_worker", "left", "老人转院"),
        ("演auxiliary", "done", "送到药了"),
        ("演auxiliary", "left", "换班"),
    ]
