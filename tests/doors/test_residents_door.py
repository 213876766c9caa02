"""The residents' door as a stranger with an old telephone meets it: nothing lost, nothing kept of who it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.kernel import clock
from linli.kernel.errors import NotAllowed
from linli.matters.ledger.acts import assign_matter, move_matter
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import count_of
from linli.matters.parties.models import Party
from linli.matters.public.acts import GUESSES, INTAKE, answer_report, renew_code
from linli.matters.public.models import PublicReport
from linli.matters.routing.acts import place_matter
from linli.org.agencies.acts import open_agency
from linli.org.rooms.acts import answer_for_grid, set_services
from linli.places.grid.models import Grid
from linli.volunteers.asking.models import Application
from linli.works.channels.acts.setting import set_channel
from linli.works.cleaning.rules import Cleaned
from linli.works.files.queries import open_file
from linli.works.outbox.models import Message
from linli.works.outbox.rules.texts import text_of
from tests import hostile
from tests.acts.test_cards import houses
from tests.reading import whole as told
from tests.town import SETUP, Town, person

HIDDEN = re.compile(r'name="(opened|once)" value="([^"]*)"')
NUMBER, CODE = re.compile(r"<b>([A-Z]{2}\d{8}-\d+)</b>"), re.compile(r"<b>(\w{4}-\w{4})</b>")
LAMP = {"sort": "lamp", "text": "村口第三盏路灯不亮", "readers": "room"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    INTAKE.forget()
    GUESSES.forget()
    yield
    INTAKE.forget()
    GUESSES.forget()


@pytest.fixture
def visitor(town: Town) -> Client:
    """Nobody: the CSRF check is on, no cookie is ever given."""
    return Client(enforce_csrf_checks=True)


def opened(visitor: Client, code: str, query: str = "") -> dict[str, str]:
    """The hidden fields of a form that was opened three seconds ago."""
    with clock.fixed(clock.now() - timedelta(seconds=3)):
        answer = visitor.get(f"/door/send/{code}{query}")
    assert answer.status_code == 200
    assert not answer.cookies, "a visitor is not even known by a cookie"
    return dict(HIDDEN.findall(told(answer)))


def sent(visitor: Client, code: str, query: str = "", **values: Any) -> tuple[Any, str, str]:
    """The answer to a form, with number and code when it was taken."""
    answer = visitor.post(f"/door/send/{code}{query}", {**opened(visitor, code, query), **values})
    number, follow = NUMBER.search(told(answer)), CODE.search(told(answer))
    return answer, number[1] if number else "", follow[1] if follow else ""


def picture(name: str = "lamp.jpg") -> SimpleUploadedFile:
    """A photograph that says where it was taken."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "SECRET-PHONE"
    Image.new("RGB", (64, 48), (20, 30, 40)).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def test_a_lamp_from_the_report_to_the_opinion(town: Town, visitor: Client) -> None:
    answer, number, code = sent(visitor, "hazard", "?room=R1", **LAMP, phone="13900007777", photo1=picture())
    assert (answer.status_code, bool(number), bool(code)) == (200, True, True)
    matter = Matter.objects.get(number=number)
    assert (matter.kind, matter.agency, matter.station) == ("hazard", town.rooms[0], town.station)
    assert (matter.source, matter.title) == ("resident", "路灯不亮")
    assert Matter.objects.visible_to(town.actor("community_officer")).filter(pk=matter.pk).exists()
    held = matter.attachments.get()
    with open_file(held.file_id) as kept:
        assert b"SECRET-PHONE" not in kept.read(), "a picture loses its metadata"
    party = Party.objects.get(matter=matter)
    assert party.phone == "13900007777" and b"7777" not in bytes(party.phone_sealed)
    _follows_and_says(town, visitor, matter, code)


def _follows_and_says(town: Town, visitor: Client, matter: Matter, code: str) -> None:
    keys = {"number": matter.number.lower(), "code": code.upper().replace("-", " ")}
    first = told(visitor.post("/door/follow", keys))
    assert "已收到" in first and "还没有" in first and "这件事办得怎么样" not in first
    officer = town.actor("community_officer")
    report = PublicReport.objects.get(matter=matter)
    early = visitor.post("/door/follow", {**keys, "do": "opinion", "opinion": "solved"})
    assert early.status_code == 409
    assign_matter(officer, matter=matter, assignee=town.people["grid_worker"])
    matter.refresh_from_db()
    assert matter.assignee == town.people["grid_worker"]
    answer_report(officer, report=report, text="灯已换好，<b>谢谢</b>您。")
    page = told(visitor.post("/door/follow", keys))
    assert "灯已换好，&lt;b&gt;谢谢" in page and "已答复您" in page
    assert "演grid_worker" not in page and "演community_officer" not in page, "never who did it"
    said = visitor.post("/door/follow", {**keys, "do": "opinion", "opinion": "solved", "opinion_text": "很快"})
    assert said.status_code == 200
    again = visitor.post("/door/follow", {**keys, "do": "opinion", "opinion": "unsolved"})
    assert again.status_code == 409, "once per follow code"
    assert PublicReport.objects.get(pk=report.pk).opinion == "solved"
    assert not visitor.post("/door/follow", {**keys, "do": "photo", "photo1": picture("two.jpg")}).cookies
    assert matter.attachments.count() == 2
    fresh = renew_code(officer, report=report).new_code
    assert visitor.post("/door/follow", keys).status_code == 404, "the lost code ended"
    assert visitor.post("/door/follow", {**keys, "code": fresh}).status_code == 200


def test_what_is_refused_is_said_and_kept(town: Town, visitor: Client, settings: Any) -> None:
    answer, number, _ = sent(visitor, "hazard", "?room=R1", text="x" * 2001, sort="lamp", readers="room")
    assert (answer.status_code, number) == (422, "") and "2001" in told(answer) and "x" * 2001 in told(answer)
    huge = visitor.post("/door/send/hazard", {"text": "长" * 3_500_000})
    assert huge.status_code == 413 and "2000" in told(huge), "10 MB of text"
    assert visitor.post("/door/follow", {"number": "a" * 3_000_000}).status_code == 413
    script = "<script>alert(1)</script>"
    fields = dict.fromkeys(("text", "place", "name"), script)
    evil, _, _ = sent(visitor, "hazard", "?room=R1", **fields, sort="lamp", readers="nobody", phone=script)
    assert evil.status_code == 422 and script not in told(evil) and told(evil).count("&lt;script&gt;") >= 3
    assert script not in told(visitor.get("/door/officer", {"say": script, "card": ""}))
    for missing in ({"sort": "lamp"}, {"text": "井盖"}, {**LAMP, "phone": "12"}):
        assert sent(visitor, "hazard", "?room=R1", **missing)[0].status_code == 422
    assert sent(visitor, "help", "?room=R1", text="送药", readers="room")[0].status_code == 422, "needs a telephone"
    hostile = SimpleUploadedFile("a.jpg", b"MZ\x90 no picture", content_type="image/jpeg")
    assert sent(visitor, "hazard", "?room=R1", **LAMP, photo1=hostile)[0].status_code == 422
    assert visitor.get("/door/send/nothing").status_code == 404
    assert not PublicReport.objects.exists() and not Matter.objects.filter(source="resident").exists()


def test_a_form_is_one_report_and_no_machine_fills_it(town: Town, visitor: Client) -> None:
    values = {**opened(visitor, "hazard", "?room=R1"), **LAMP}
    first, second = (visitor.post("/door/send/hazard?room=R1", values) for _ in "12")
    assert NUMBER.findall(told(first)) == NUMBER.findall(told(second)) and CODE.findall(told(first)) != []
    assert CODE.findall(told(first)) == CODE.findall(told(second)), "the answer that got lost is given again"
    trapped = visitor.post("/door/send/hazard?room=R1", {**opened(visitor, "hazard"), **LAMP, "website": "x"})
    quick = visitor.post(
        "/door/send/hazard?room=R1", {**dict(HIDDEN.findall(told(visitor.get("/door/send/hazard")))), **LAMP}
    )
    old = opened(visitor, "hazard")
    with clock.fixed(clock.now() + timedelta(days=2)):
        late = visitor.post("/door/send/hazard?room=R1", {**old, **LAMP})
        renewed = {**LAMP, **dict(HIDDEN.findall(told(late)))}
    assert [one.status_code for one in (trapped, quick, late)] == [422, 422, 422]
    assert renewed["once"] == old["once"] and LAMP["text"] in told(late)
    assert PublicReport.objects.count() == 1


def test_a_flood_is_told_when_to_come_again(town: Town, visitor: Client) -> None:
    # An hour ahead: the bucket does not fill again while a busy machine takes its time.
    at_s = clock.now().timestamp() + 3600
    while not INTAKE.take("hazard R1", at_s):
        pass
    answer, number, _ = sent(visitor, "hazard", "?room=R1", **LAMP)
    assert (answer.status_code, number) == (429, "")
    assert "110" in told(answer) and LAMP["text"] in told(answer), "kept in the form, and where to turn to"
    assert sent(visitor, "hazard", "?room=R2", **LAMP)[1], "another area is not held up"
    for _ in range(10):
        assert visitor.post("/door/follow", {"number": "YH20261122-000001", "code": "aaaa-aaaa"}).status_code == 404
    assert visitor.post("/door/follow", {"number": "YH20261122-000001", "code": "bbbb"}).status_code == 429
    _, known, code = sent(visitor, "hazard", "?room=R2", **LAMP, anyway="1")
    tries = [visitor.post("/door/follow", {"number": known, "code": f"aaaa-aaa{n}"}).status_code for n in range(2, 13)]
    assert tries == [404] * 10 + [429]
    assert visitor.post("/door/follow", {"number": known, "code": code}).status_code == 429, "the right one too, then"
    assert visitor.get(f"/open311/v2/tokens/{known}.{code}.json").status_code == 429, "no way around it"
    with clock.fixed(clock.now() + timedelta(hours=1)):
        assert visitor.post("/door/follow", {"number": known, "code": code}).status_code == 200


def test_nobody_is_lost_outside_every_grid(town: Town, visitor: Client) -> None:
    known = houses(town, 0, 1)[0]
    near, number, _ = sent(visitor, "hazard", f"?at={known.pk}", **LAMP)
    assert near.status_code == 200 and Matter.objects.get(number=number).agency == town.rooms[0]
    type(known).objects.filter(pk=known.pk).update(lon=known.lon - 0.1)
    _, outside, _ = sent(visitor, "hazard", f"?at={known.pk}", **LAMP, anyway="1")
    row = Matter.objects.get(number=outside)
    assert row.agency == town.station and row.warnings[0]["code"] == "call.point_outside"
    _, nowhere, _ = sent(visitor, "hazard", **LAMP, place="谁也不知道的地方")
    lost = Matter.objects.get(number=nowhere)
    assert lost.agency == town.bureau and lost.warnings[0]["code"] == "call.address_not_found"
    assert "已交公安局分派" in told(sent(visitor, "hazard", **LAMP)[0])


def test_who_may_read_is_the_senders_choice(town: Town, visitor: Client) -> None:
    town.people["second"] = person("auxiliary", town.rooms[0], staff_no="second")
    grid = town.rooms[0].responsibilities.get().grid
    answer_for_grid(SETUP, grid=grid, agency=town.rooms[0], officer=town.people["community_officer"])
    known = houses(town, 0, 1)[0]
    rows = {}
    for readers in ("room", "officer", "station"):
        _, number, _ = sent(visitor, "tip", f"?at={known.pk}", text="有人开赌场", readers=readers)
        rows[readers] = Matter.objects.get(number=number)
    seen = {
        who: {
            readers
            for readers, row in rows.items()
            if Matter.objects.visible_to(town.actor(who)).filter(pk=row.pk).exists()
        }
        for who in ("community_officer", "auxiliary", "second", "station_chief", "other_officer")
    }
    assert seen == {
        "community_officer": {"room", "officer"},
        "auxiliary": {"room"},
        "second": {"room"},
        "station_chief": {"room", "officer", "station"},
        "other_officer": set(),
    }
    lon, lat = town.spot(0)
    chief = town.actor("station_chief")
    place_matter(chief, matter=rows["station"], lon=lon, lat=lat)
    assert rows["station"].agency == town.station, "placing it does not bring it to the room"
    with pytest.raises(NotAllowed, match="kept_from_room"):
        assign_matter(chief, matter=rows["station"], agency=town.rooms[0])
    with pytest.raises(NotAllowed, match="kept_from_room"):
        assign_matter(chief, matter=rows["officer"], assignee=town.people["second"])
    assert not Matter.objects.visible_to(town.actor("second")).exclude(pk=rows["room"].pk).exists()


def test_a_talk_is_booked_once_and_an_answer_is_missed(town: Town, visitor: Client) -> None:
    page = told(visitor.get("/door/send/talk?room=R1"))
    slot = re.findall(r'<option value="(2[^"]+)"', page)[0]
    values = {"text": "租房登记", "readers": "room", "phone": "13900001234", "slot": slot}
    _, number, code = sent(visitor, "talk", "?room=R1", **values)
    assert number and slot not in told(visitor.get("/door/send/talk?room=R1"))
    taken, none, _ = sent(visitor, "talk", "?room=R1", **values)
    assert (taken.status_code, none) == (409, "")
    assert sent(visitor, "talk", "?room=R1", **{**values, "slot": "2020-01-01T09:00:00+08:00"})[0].status_code == 422
    chief = town.actor("station_chief")
    assert count_of(chief, {"resident_waits": "1"}, exact=True).value == 0
    with clock.fixed(clock.now() + timedelta(days=2)):
        assert count_of(chief, {"resident_waits": "1"}, exact=True).value == 1, "the chief's list"
        report = PublicReport.objects.get(matter__number=number)
        answer_report(town.actor("community_officer"), report=report, text="等您来")
        assert count_of(chief, {"resident_waits": "1"}, exact=True).value == 0
    assert "等您来" in told(visitor.post("/door/follow", {"number": number, "code": code}))
    move_matter(chief, matter=Matter.objects.get(number=number), move="settle", facts={"outcome": "谈过"})


def test_a_photograph_goes_on_where_the_line_broke(town: Town, visitor: Client) -> None:
    body = picture().read()
    announced = {"Upload-Length": str(len(body)), "Upload-Metadata": "filename YS5qcGc=", "Tus-Resumable": "1.0.0"}
    begun = visitor.post("/door/photos", headers=announced)
    at = begun.headers["Location"]
    assert begun.status_code == 201

    def patch(offset: int, piece: bytes) -> Any:
        kind = "application/offset+octet-stream"
        return visitor.patch(at, piece, content_type=kind, headers={"Upload-Offset": str(offset)})

    assert patch(0, body[:100]).headers["Upload-Offset"] == "100"
    unfinished, none, _ = sent(visitor, "hazard", "?room=R1", **LAMP, upload=at.rpartition("/")[2])
    assert (unfinished.status_code, none) == (422, "")
    assert patch(50, body[50:]).status_code == 409, "not where it broke off"
    assert visitor.head(at).headers["Upload-Offset"] == "100"
    assert patch(100, body[100:]).status_code == 204
    _, number, _ = sent(visitor, "hazard", "?room=R1", **LAMP, upload=at.rpartition("/")[2])
    with open_file(Matter.objects.get(number=number).attachments.get().file_id) as kept:
        assert Image.open(BytesIO(kept.read())).size == (64, 48)
    assert visitor.patch("/door/photos/guessed", b"x").status_code == 404


def test_an_answer_is_told_by_short_message_when_asked(town: Town, visitor: Client) -> None:
    wish = {**LAMP, "phone": "139 0000 6666", "sms": "1"}
    assert 'name="sms"' not in told(visitor.get("/door/send/hazard")), "no way out to telephones, no promise"
    set_channel(SETUP, channel="sms", kind="sms", url="http://127.0.0.1:9", secret="both know it")
    assert 'name="sms"' in told(visitor.get("/door/send/hazard"))
    assert sent(visitor, "hazard", "?room=R1", **LAMP, sms="1")[0].status_code == 422, "a message needs a telephone"
    officer, numbers = town.actor("community_officer"), []
    for fields in (wish, wish, {**wish, "sms": ""}):
        _, number, _ = sent(visitor, "hazard", "?room=R1", **{**fields, "anyway": "1"})
        numbers.append(number)
    answered, ended, silent = (PublicReport.objects.get(matter__number=number) for number in numbers)
    answer_report(officer, report=answered, text="灯已换好")
    answer_report(officer, report=silent, text="灯已换好")
    for move in ("settle", "close"):
        for report in (answered, ended, silent):
            matter = Matter.objects.get(pk=report.matter_id)
            facts = {"outcome": "换灯"} if move == "settle" else {}
            move_matter(town.actor("station_chief"), matter=matter, move=move, facts=facts)
    queued = Message.objects.filter(subject_type="matters.public_report").order_by("queued_at")
    assert [(row.template, row.subject_id) for row in queued] == [
        ("public.answered", str(answered.pk)),
        ("public.ended", str(ended.pk)),
    ]
    row = queued[0]
    assert row.addresses == {"sms": "13900006666"} and b"6666" not in bytes(row.address)
    text, _ = text_of(row.template, row.body)
    assert answered.matter.number in text and "灯" not in text and "0000-100" in text


def test_photographs_are_drawn_anew(town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that is a zip too, one with a place, one in pieces: only what can be seen comes along."""
    both = picture().read() + hostile.archive({"BEHIND-IT.txt": b"MZ"})
    with monkeypatch.context() as patch:
        patch.setattr("linli.web.portal.photos.clean_apart", lambda body: Cleaned(body, "image/jpeg", ".jpg"))
        assert b"BEHIND-IT" in kept_of(visitor, photo1=SimpleUploadedFile("a.jpg", both)), "the mutant: passed on"
    begun = visitor.post("/door/photos", headers={"Upload-Length": str(len(both))})
    kind = "application/offset+octet-stream"
    visitor.patch(begun.headers["Location"], both, content_type=kind, headers={"Upload-Offset": "0"})
    for fields in ({"photo1": SimpleUploadedFile("a.jpg", both)}, {"upload": begun.headers["Location"].split("/")[-1]}):
        kept = kept_of(visitor, **fields)
        assert Image.open(BytesIO(kept)).format == "JPEG"
        assert b"BEHIND-IT" not in kept and b"SECRET-PHONE" not in kept
    paper = SimpleUploadedFile("a.jpg", hostile.pdf())
    assert sent(visitor, "hazard", "?room=R1", **LAMP, anyway="1", photo1=paper)[0].status_code == 422


def kept_of(visitor: Client, **fields: Any) -> bytes:
    """What is in the store of a photograph that was sent."""
    _, number, _ = sent(visitor, "hazard", "?room=R1", **LAMP, anyway="1", **fields)
    with open_file(Matter.objects.get(number=number).attachments.get().file_id) as kept:
        return bytes(kept.read())


def test_one_points_at_where_one_lives(town: Town, visitor: Client) -> None:
    grids = list(Grid.objects.filter(kind="police").order_by("code"))
    only = told(visitor.get("/door/map?to=hazard"))
    assert only.count("<path") == len(grids) == 3, "one station: its grids at once"
    second = open_agency(SETUP, code="S2", name="溪西派出所", kind="station", parent=town.bureau)
    room = open_agency(SETUP, code="R9", name="第9警务室", kind="room", parent=second)
    answer_for_grid(SETUP, grid=grids[2], agency=room)
    stations = told(visitor.get("/door/map?to=hazard"))
    links = re.findall(r'<li><a href="(\?to=hazard&amp;station=[^"]+)">([^<]+)', stations)
    assert [name for _, name in links] == ["溪东派出所", "溪西派出所"] and stations.count("<path") == 2
    page = told(visitor.get(f"/door/map{unescape(links[0][0])}"))
    grid = re.search(rf'href="(/door/officer[^"]*grid={grids[0].code})"', page)
    assert grid and "<script>" not in page
    face = told(visitor.get(unescape(grid[1])))
    assert "演community_officer" in face and f"/door/send/hazard?grid={grids[0].code}" in face
    _, number, _ = sent(visitor, "hazard", f"?grid={grids[0].code}", **LAMP)
    assert Matter.objects.get(number=number).grid == grids[0]
    inside = grids[0].shape.representative_point()
    here = visitor.post("/door/map", {"lon": inside.x, "lat": inside.y})
    assert (here.status_code, here.headers["Location"]) == (302, f"/door/officer?grid={grids[0].code}")
    for nowhere in ({"lon": "x", "lat": "y"}, {"lon": "2", "lat": "48"}, {"lon": "nan", "lat": "inf"}):
        assert visitor.post("/door/map", nowhere).headers["Location"] == "/door/map?lost=1"
    assert visitor.get("/door/map?station=none").status_code == 404


def test_before_anyone_travels(town: Town, visitor: Client) -> None:
    set_services(SETUP, room=town.rooms[0], services=["矛盾调解", "补办身份证｜派出所｜户口簿、照片"])
    guide = told(visitor.get("/door/guide?room=R1"))
    assert "要去派出所办" in guide and "户口簿、照片" in guide and "矛盾调解" in guide
    known = houses(town, 0, 1)[0]
    found = told(visitor.get("/door/officer", {"say": known.text}))
    assert f"at={known.pk}" in found
    face = told(visitor.get(f"/door/officer?at={known.pk}"))
    assert "演community_officer" in face and "0000-100" in face and "13900000000" not in face
    rooms = told(visitor.get("/door/officer"))
    assert "第3警务室" in rooms and "room=R3" in rooms
    values = {**opened(visitor, "hazard"), "name": "乙某", "phone": "13900002222", "agreed": "1"}
    assert visitor.post("/door/watcher?room=R1", values).status_code == 200
    assert visitor.post("/door/watcher?room=R1", {**values, "once": "y" * 20, "agreed": ""}).status_code == 422
    row = Application.objects.get()
    assert (row.name, row.agency) == ("乙某", town.rooms[0])


PAGES = (
    "/door",
    "/door/officer",
    "/door/map",
    "/door/guide?room=R1",
    "/door/send/hazard",
    "/door/follow",
    "/door/watcher?room=R1",
)


def test_every_page_is_light_and_needs_no_script(town: Town, visitor: Client) -> None:
    for path in PAGES:
        answer = visitor.get(path)
        page = told(answer)
        linked = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
        weight = len(answer.content) + sum((ROOT / "linli/web/static" / name).stat().st_size for name in linked)
        assert weight < 37_500, "3 s at 100 kbit/s; the bar is 100 kB"
        assert 'href="tel:110"' in page.split("<main>")[0], "danger is always on top"
        assert not answer.cookies and answer.headers["Referrer-Policy"] == "no-referrer"
        english = told(visitor.get(f"{path}{'&' if '?' in path else '?'}lang=en"))
        assert 'lang="en"' in english.split("<head>")[0]
