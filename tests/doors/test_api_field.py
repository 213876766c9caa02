"""A phone comes back: one of five answers for each operation, whatever happened to the line, the clock or the posts."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.api.auth import ACTORS
from linli.field.conflicts.acts import settle
from linli.field.conflicts.queries import divergences, side_by_side
from linli.field.devices.acts import wipe_phone
from linli.field.devices.models import Phone as Row
from linli.field.inbox.acts import work_batches
from linli.field.inbox.models import Batch
from linli.field.replay.acts import forget_old, work_waiting
from linli.field.replay.models import Operation
from linli.kernel import clock
from linli.kernel.errors import Conflict
from linli.matters.files.models import Attachment
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.notes.models import Note
from linli.org.people.models import Person
from linli.org.posts.acts import end_post, give_post
from linli.org.posts.models import Post
from linli.trail.entries.models import Entry
from tests.doors.conftest import Door
from tests.town import SETUP, Town

Enter = Callable[[str], Door]
HAZARD = {"what": "村口第三盏路灯不亮"}


class Phone:
    """What a phone keeps and sends, by hand."""

    def __init__(self, door: Door, person: Person) -> None:
        self.door, self.person, self.device = door, person, str(uuid.uuid4())
        self.answered, self.body = door.post("/field/devices", {"device": self.device, "name": "演示手机"})
        self._seq: dict[str, int] = {}

    def op(self, act: str, record: str = "", *, branch: str = "", seq: int = 0, **more: Any) -> dict[str, Any]:
        """An operation; values as keyword ``values``, with old ones as ``old``."""
        record = record or str(uuid.uuid4())
        branch = branch or record
        self._seq[branch] = seq or self._seq.get(branch, 0) + 1
        values, old = more.pop("values", {}), more.pop("old", {})
        changed = {name: {"new": new, **({"old": old[name]} if name in old else {})} for name, new in values.items()}
        return {
            "id": str(uuid.uuid4()),
            "author": str(self.person.pk),
            "seq": self._seq[branch],
            "branch": branch,
            "act": act,
            "record": record,
            "changed": changed,
            "device_at": clock.now().isoformat(),
        } | more

    def send(self, *operations: Any, **more: Any) -> list[dict[str, Any]]:
        body = {"device": self.device, "sent_at": clock.now().isoformat(), "operations": operations} | more
        status, told = self.door.post("/field/operations", body)
        assert status == 200, told
        assert [one["id"] for one in told["answers"]] == [one["id"] for one in operations]
        return list(told["answers"])

    def hazard(self, **more: Any) -> dict[str, Any]:
        return self.op("matter.open:hazard", values=HAZARD | more)


@pytest.fixture
def phone(town: Town, door: Enter) -> Phone:
    return Phone(door("community_officer"), town.people["community_officer"])


def test_what_was_done_without_a_network_is_done_once(town: Town, phone: Phone) -> None:
    lon, lat = town.spot()
    opened = phone.hazard(place={"lon": lon, "lat": lat, "address": "溪东村口"})
    note = phone.op("matter.note", opened["record"], values={"text": "已拍照"})
    first = phone.send(opened, note)
    assert [(one["answer"], one["replayed"]) for one in first] == [("applied", False)] * 2
    again = phone.send(opened, note)
    assert [(one["answer"], one["replayed"], one["number"]) for one in again] == [
        ("applied", True, first[0]["number"]),
        ("applied", True, first[1]["number"]),
    ]
    matter = Matter.objects.get(pk=opened["record"])
    assert (matter.number, matter.agency, matter.details, matter.source) == (
        *(first[0]["number"], town.rooms[0], HAZARD, "field"),
    )
    assert Note.objects.filter(matter=matter).count() == 1
    entry = Entry.objects.get(act="matter.open", subject_id=str(matter.pk))
    assert entry.actor_id == phone.person.pk
    # The same thing done twice on purpose is two things.
    twin = phone.op("matter.note", opened["record"], values={"text": "已拍照"})
    assert phone.send(twin)[0]["answer"] == "applied"
    assert Note.objects.filter(matter=matter).count() == 2


def test_the_same_id_with_other_content_is_refused(phone: Phone) -> None:
    opened = phone.hazard()
    phone.send(opened)
    other = opened | {"changed": {"what": {"new": "别的"}}}
    [told] = phone.send(other)
    assert (told["answer"], told["code"]) == ("rejected", "field.same_id")
    assert Matter.objects.get(pk=opened["record"]).details == HAZARD


def test_packed_bodies_are_read_with_limits(phone: Phone) -> None:
    body = json.dumps({"device": phone.device, "operations": [phone.hazard() for _ in range(20)]}).encode()

    def sent(packed: bytes, how: str = "gzip") -> Any:
        return phone.door.client.post(
            "/api/v1/field/operations",
            data=packed,
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {phone.door.token}",
                "Idempotency-Key": str(uuid.uuid4()),
                "Content-Encoding": how,
                "Accept-Encoding": "gzip",
            },
        )

    answer = sent(gzip.compress(body))
    assert answer.headers["Content-Encoding"] == "gzip"
    told = json.loads(gzip.decompress(answer.content))
    assert {one["answer"] for one in told["answers"]} == {"applied"}
    assert len(answer.content) < len(gzip.decompress(answer.content)) / 3
    assert sent(gzip.compress(b" " * 9_000_000)).status_code == 413
    assert sent(gzip.compress(body)[:-20]).status_code == 400
    assert sent(body).status_code == 400
    assert sent(body, "br").status_code == 400


def test_another_person_on_the_phone_cannot_send_it_as_his_own(town: Town, phone: Phone, door: Enter) -> None:
    first = phone.hazard()
    second = Phone(door("auxiliary"), town.people["auxiliary"])
    second.device = phone.device
    [told] = second.send(first)
    assert (told["answer"], told["code"], told["held"]) == ("retry", "field.other_author", False)
    assert not Matter.objects.filter(pk=first["record"]).exists()
    assert phone.send(first)[0]["answer"] == "applied"
    assert Matter.objects.get(pk=first["record"]).opened_by == phone.person.pk
    status, told = door("auxiliary").post("/field/devices", {"device": phone.device})
    assert (status, told["code"]) == (409, "field.device_taken")


def test_out_of_order_waits_and_a_gap_ends(town: Town, phone: Phone, fixed_clock: Any) -> None:
    opened = phone.hazard()
    one = phone.op("matter.note", opened["record"], values={"text": "一"})
    two = phone.op("matter.note", opened["record"], values={"text": "二"})
    [told] = phone.send(two)
    assert (told["answer"], told["code"], told["held"]) == ("retry", "field.waits", True)
    assert phone.send(one)[0]["held"]
    assert phone.send(opened)[0]["answer"] == "applied"
    assert set(Note.objects.values_list("text", flat=True)) == {"一", "二"}
    _, late = phone.door.get("/field/answers", device=phone.device)
    assert {(item["id"], item["answer"]) for item in late["items"]} == {(one["id"], "applied"), (two["id"], "applied")}
    assert phone.door.get("/field/answers", device=phone.device, since=late["cursor"])[1]["items"] == []
    # One that never comes does not hold the others for ever.
    phone.op("matter.note", opened["record"], values={"text": "丢失"})
    after = phone.op("matter.note", opened["record"], values={"text": "三"})
    assert phone.send(after)[0]["held"]
    work_waiting({})
    assert not Note.objects.filter(text="三").exists()
    clock.advance(timedelta(hours=13))
    work_waiting({})
    assert Note.objects.get(text="三").by_id == phone.person.pk


def test_a_step_taken_meanwhile_is_told_apart(town: Town, phone: Phone, door: Enter) -> None:
    opened = phone.hazard()
    number = phone.send(opened)[0]["number"]
    desk = door("station_desk")
    assert desk.post(f"/matters/{number}/moves/settle", {"outcome": "已换灯泡"})[0] == 200
    mine = phone.op("matter.move:hazard.settle", opened["record"], values={"outcome": "已报电工"})
    [told] = phone.send(mine)
    assert (told["answer"], told["facts"]["class"]) == ("conflict", "state")
    assert Matter.objects.get(number=number).details["outcome"] == "已换灯泡"
    assert desk.post(f"/matters/{number}/moves/close", {})[0] == 200
    [same] = phone.send(phone.op("matter.move:hazard.close", opened["record"]))
    assert (same["answer"], same["code"]) == ("duplicate", "field.done_before")


def test_scope_lost_is_not_data_lost(town: Town, phone: Phone, door: Enter) -> None:
    helper = Phone(door("auxiliary"), town.people["auxiliary"])
    opened = helper.hazard()
    helper.send(opened)
    note = phone.op("matter.note", opened["record"], values={"text": "业主不在家"})
    away = phone.hazard(place=dict(zip(("lon", "lat"), town.spot(), strict=True)))
    post = Post.objects.get(person=phone.person, until__isnull=True)
    end_post(SETUP, post=post, on=clock.today())
    give_post(SETUP, person=phone.person, agency=town.rooms[2], code="community_officer", since=clock.today())
    ACTORS.forget()
    [told, elsewhere] = phone.send(note, away)
    assert (told["answer"], told["code"]) == ("conflict", "field.handed_on")
    assert elsewhere["answer"] == "applied", "what a new post may do anyway is done"
    assert not Note.objects.filter(text="业主不在家").exists()
    stranger = phone.op("matter.note", str(uuid.uuid4()), values={"text": "无此事项"})
    assert phone.send(stranger)[0]["answer"] == "rejected"
    # The chief of the place lets it in: it stays its author's, and the trail says who let it in.
    chief = town.actor("station_chief")
    held = divergences(chief).get()
    assert (held.reason, held.path, held.author_name) == ("scope", town.rooms[0].path, phone.person.name)
    assert not divergences(town.actor("other_officer")).exists()
    assert side_by_side(held)[0]["mine"] == "业主不在家"
    settle(chief, divergence=held, choice="mine")
    note_row = Note.objects.get(text="业主不在家")
    assert note_row.by_id == phone.person.pk
    entries = {entry.act: entry for entry in Entry.objects.filter(act__in=("field.settle", "matter.note"))}
    assert entries["matter.note"].parent_id == entries["field.settle"].pk
    assert (entries["field.settle"].actor_id, entries["matter.note"].actor_id) == (chief.id, phone.person.pk)
    [late] = phone.door.get("/field/answers", device=phone.device)[1]["items"]
    assert (late["id"], late["answer"], late["facts"]["settled"]) == (note["id"], "applied", "mine")
    with pytest.raises(Conflict):
        settle(chief, divergence=held, choice="server")


def test_a_clock_a_day_wrong(phone: Phone, fixed_clock: Any) -> None:
    now = clock.now()
    wrong = now - timedelta(days=1)
    opened = phone.hazard() | {"device_at": (wrong - timedelta(hours=2)).isoformat()}
    phone.send(opened, sent_at=wrong.isoformat())
    stamp = Stamp.objects.get(matter_id=opened["record"], milestone="received")
    assert (stamp.device_at, stamp.server_at) == (now - timedelta(hours=2), now)
    ahead = phone.hazard() | {"device_at": (now + timedelta(days=1)).isoformat()}
    phone.send(ahead, sent_at="gestern")
    assert Stamp.objects.get(matter_id=ahead["record"], milestone="received").device_at == now, "never in the future"


def test_one_that_is_broken_takes_no_other_along(phone: Phone) -> None:
    good, other = phone.hazard(), phone.hazard()
    told = phone.send(
        {"id": "x"}, good, phone.op("matter.open:none"), phone.op("matter.open:hazard"), phone.op("order.give"), other
    )
    assert [(one["answer"], one["code"]) for one in told] == [
        ("rejected", "field.unreadable"),
        ("applied", ""),
        ("rejected", "field.no_such_act"),
        ("rejected", "field.input_missing"),
        ("rejected", "field.no_such_act"),
        ("applied", ""),
    ]
    assert told[3]["facts"]["field"] == "what"
    assert "请填写" in told[3]["zh"]


def test_a_fault_of_ours_keeps_the_operation(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise ValueError("a mistake of ours")

    note = phone.op("matter.note", values={"text": "一"}, branch=str(uuid.uuid4()))
    opened = phone.hazard()
    note |= {"record": opened["record"]}
    with monkeypatch.context() as patched:
        patched.setattr(Note.objects, "create", broken)
        first, second = phone.send(opened, note)
    assert first["answer"] == "applied"
    assert (second["answer"], second["code"], second["held"]) == ("retry", "field.fault", True)
    work_waiting({})
    assert Note.objects.get().text == "一"


def test_what_a_dead_server_left_is_done_and_contents_go_in_time(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, fixed_clock: Any
) -> None:
    opened, broken = phone.hazard(), phone.op("matter.open:hazard")
    body = {"device": phone.device, "operations": [opened, broken]}
    with monkeypatch.context() as patched:
        patched.setattr("linli.field.inbox.acts.replay", _died)
        assert phone.door.post("/field/operations", body)[0] == 500
    assert not Matter.objects.exists()
    clock.advance(timedelta(minutes=10))
    work_batches({})
    assert Matter.objects.get().opened_by == phone.person.pk
    late = phone.door.get("/field/answers", device=phone.device)[1]["items"]
    assert [(one["id"], one["answer"]) for one in late] == [(opened["id"], "applied"), (broken["id"], "rejected")]
    assert phone.send(opened)[0]["replayed"] is True
    clock.advance(timedelta(days=31))
    assert Operation.objects.get(op_id=broken["id"]).body != b""
    forget_old({})
    work_batches({})
    assert Operation.objects.get(op_id=broken["id"]).body == b""
    assert not Batch.objects.exists()
    ACTORS.forget()


def _died(*_: Any, **__: Any) -> Any:
    raise MemoryError("the server is gone")


def test_a_wiped_phone_gets_nothing_and_loses_nothing(town: Town, phone: Phone, door: Enter) -> None:
    before = phone.door.get("/field/pack", device=phone.device)[1]
    assert before["me"]["id"] == str(phone.person.pk)
    _wipe(town, phone)
    stranger = Client().get(f"/api/v1/field/devices/{phone.device}/state")
    assert stranger.json() == {"wipe": True}
    assert phone.door.get("/field/pack", device=phone.device)[1]["wipe"] is True
    opened = phone.hazard()
    [told] = phone.send(opened)
    assert (told["answer"], told["code"]) == ("conflict", "field.phone_wiped")
    assert not Matter.objects.filter(pk=opened["record"]).exists()
    assert phone.door.post("/field/devices", {"device": phone.device})[1]["code"] == "field.erase"
    assert phone.door.post(f"/field/devices/{phone.device}/wiped")[1] == {"noted": True}


def _wipe(town: Town, phone: Phone) -> None:
    wipe_phone(town.actor("station_chief"), phone=Row.objects.get(pk=phone.device))


def test_the_pack_is_the_smallest_needed_set_by_a_cursor(town: Town, phone: Phone) -> None:
    made = [phone.hazard() for _ in range(5)]
    phone.send(*made)
    page = phone.door.get("/field/pack", device=phone.device, limit=3)[1]
    lost = phone.door.get("/field/pack", device=phone.device, since=page["cursor"], limit=3)[1]
    again = phone.door.get("/field/pack", device=phone.device, since=page["cursor"], limit=3)[1]
    assert (page["reset"], len(page["items"]), page["next"]) == (True, 3, page["cursor"])
    assert [one["id"] for one in lost["items"]] == [one["id"] for one in again["items"]]
    assert {one["id"] for one in page["items"] + again["items"]} == {one["record"] for one in made}
    item = page["items"][0]
    assert "matter.move:hazard.settle" in item["data"]["acts"]
    assert item["data"]["title"]
    empty = phone.door.get("/field/pack", device=phone.device, since=again["cursor"])[1]
    assert (empty["items"], empty["gone"], empty["next"], empty["cursor"]) == ([], [], None, again["cursor"])
    gone = made[0]["record"]
    for move, values in (("settle", {"outcome": "已修"}), ("close", {})):
        assert phone.send(phone.op(f"matter.move:hazard.{move}", gone, values=values))[0]["answer"] == "applied"
    after = phone.door.get("/field/pack", device=phone.device, since=again["cursor"])[1]
    assert after["gone"] == [{"type": "matter", "id": gone}]
    assert phone.door.get("/field/pack", device=str(uuid.uuid4()))[0] == 404
    assert phone.door.get("/field/pack", device=phone.device, since="999")[1]["reset"] is True


PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def put(phone: Phone, body: bytes, offset: int, whole: bytes = PNG) -> tuple[int, Any]:
    """Send a piece of a file."""
    digest = hashlib.sha256(whole).hexdigest()
    answer = phone.door.client.put(
        f"/api/v1/field/files/{digest}?offset={offset}&size={len(whole)}&name=x.png&media_type=image/png",
        data=body,
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {phone.door.token}"},
    )
    return answer.status_code, answer.json()


def test_files_go_apart_in_pieces_and_hang_when_they_are_whole(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(PNG).hexdigest()
    opened = phone.hazard(photos=[{"sha256": digest, "bytes": len(PNG), "name": "路灯.png"}])
    assert phone.send(opened)[0]["answer"] == "applied", "the record stands before its photo"
    assert not Attachment.objects.exists()

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.open", full)
        assert put(phone, PNG[:40], 0)[1]["code"] == "field.storage_full"
    assert put(phone, PNG[:40], 0) == (200, {"have": 40, "size": None, "done": False})
    assert put(phone, PNG[60:], 60)[1]["facts"]["have"] == 40, "a gap is refused"
    assert put(phone, PNG[:40], 0)[1]["have"] == 40, "the same piece again is the same piece"
    assert phone.door.get(f"/field/files/{digest}")[1]["have"] == 40
    assert put(phone, b"\x00" * (len(PNG) - 40), 40)[1]["code"] == "field.file_wrong"
    assert phone.door.get(f"/field/files/{digest}")[1] == {"have": 0, "size": None, "done": False}
    put(phone, PNG[:50], 0)
    assert put(phone, PNG[30:], 30)[1] == {"have": len(PNG), "size": len(PNG), "done": True}
    hung = Attachment.objects.get()
    assert (str(hung.matter_id), hung.by_id) == (opened["record"], phone.person.pk)
    # A file that was there before is hung at once; one that an act needs is waited for.
    other = phone.hazard(photos=[{"sha256": digest, "name": "路灯.png"}])
    phone.send(other)
    assert Attachment.objects.filter(matter_id=other["record"]).count() == 1
    new = PNG + b"\x00"
    missing = hashlib.sha256(new).hexdigest()
    attach = phone.op("file.attach", other["record"], values={"file": [{"sha256": missing, "name": "第二张.png"}]})
    [told] = phone.send(attach)
    assert (told["answer"], told["code"], told["held"]) == ("retry", "field.waits_for_file", True)
    assert put(phone, new, 0, new)[1]["done"] is True
    assert phone.send(attach)[0]["answer"] == "applied"
