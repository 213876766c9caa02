"""A resident books the lawyer in residence; the bureau's own templates; the clocks: by their pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.kernel import clock
from linli.matters.public.acts import GUESSES, INTAKE
from linli.mediation.hours import acts as hours
from linli.mediation.hours.models import LawyerBooking
from linli.mediation.hours.queries import in_residence
from linli.mediation.papers.queries import paper_facts, printed
from linli.mediation.templates.models import PaperTemplate
from tests.doors.test_pages_mediation import signed_in
from tests.journeys.test_mediation import DAY_ONE, accepted, mediation_town
from tests.town import Town

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'name="(opened|once)" value="([^"]*)"')
SLOT = re.compile(r'<option value="([^"]+)">')
RECEIPT = re.compile(r"<b>(LS\w{8}|\w{4}-\w{4})</b>")


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    INTAKE.forget()
    GUESSES.forget()
    yield
    INTAKE.forget()
    GUESSES.forget()


def told(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def asked(visitor: Client, page: str, slot: str, **more: str) -> dict[str, str]:
    """The form as a resident sends it a minute after it was opened."""
    return {**dict(HIDDEN.findall(page)), "slot": slot, "name": "来人甲", "phone": "139 0000 1234", **more}


def test_a_resident_books_the_lawyer_and_gives_it_back() -> None:
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        room, visitor = town.rooms[0], Client(enforce_csrf_checks=True)
        assert "请打警务室电话" in told(visitor, f"/door/lawyer?room={room.code}")
        lawyer = town.actor("lawyer")
        hours.write_hours(lawyer, person=town.people["lawyer"], room=room, weekday=2, from_minute=540, until_minute=630)
        assert room.name in told(visitor, "/door/lawyer"), "where there is one"
        page = told(visitor, f"/door/lawyer?room={room.code}")
        slots = SLOT.findall(page)
        assert len(slots) == 6 and "03-04" in page
    with clock.fixed(DAY_ONE + timedelta(seconds=5)):
        address = f"/door/lawyer?room={room.code}"
        form = asked(visitor, page, slots[0], about="老板欠薪三个月")
        for bad in ({"phone": "12"}, {"name": " "}, {"slot": "x"}, {"slot": slots[0].replace("09:00", "09:07")}):
            assert visitor.post(address, {**form, **bad}).status_code == 422, bad
        assert visitor.post(address, {**form, "website": "http://x"}).status_code == 422, "no person fills that in"
        sent = visitor.post(address, form)
        number, code = RECEIPT.findall(unescape(sent.content.decode()))
        assert sent.status_code == 200 and not sent.cookies
        assert RECEIPT.findall(visitor.post(address, form).content.decode()) == [number, code], "one booking"
        row = LawyerBooking.objects.get()
        assert row.told("name") == "来人甲" and "来人甲" not in str(bytes(row.name_sealed))
        other = {**form, "once": "z" * 20}
        assert visitor.post(address, other).status_code == 422, "somebody was first"
        assert visitor.post(address, {**other, "slot": slots[1]}).status_code == 200
        assert visitor.post(address, {**other, "once": "y" * 20, "slot": slots[2]}).status_code == 422, "two at most"
        _the_room_and_the_lawyer(town, row)
        _followed(visitor, number, code, row)


def _the_room_and_the_lawyer(town: Town, row: LawyerBooking) -> None:
    """The lawyer reads it all, the room who comes and when, everybody else nothing."""
    lawyer, officer = signed_in(town, "lawyer"), signed_in(town, "community_officer")
    page = told(lawyer, "/mediation/lawyers")
    assert "来人甲" in page and "老板欠薪" in page
    page = told(officer, "/mediation/lawyers")
    assert "来人甲" in page and "老板欠薪" not in page, "what it is about is for the lawyer"
    answer = {"move": "answer", "words": "请带合同"}
    address = f"/mediation/lawyers/{row.pk}"
    assert signed_in(town, "other_officer").post(address, answer).status_code == 404
    assert officer.post(address, answer).status_code == 302


def _followed(visitor: Client, number: str, code: str, row: LawyerBooking) -> None:
    told_by = {"number": number.lower(), "code": code}
    wrong = visitor.post("/door/lawyer/follow", {**told_by, "code": "2222-2222"})
    assert wrong.status_code == 404
    seen = unescape(visitor.post("/door/lawyer/follow", told_by).content.decode())
    assert "请带合同" in seen and "来人甲" not in seen
    gone = visitor.post("/door/lawyer/follow", {**told_by, "do": "cancel"})
    assert gone.status_code == 200
    row.refresh_from_db()
    assert row.state == "cancelled" and row.begins_at in in_residence(row.room)[0].free
    assert visitor.post("/door/lawyer/follow", {**told_by, "do": "cancel"}).status_code == 409
    tried = [visitor.post("/door/lawyer/follow", {**told_by, "code": "3333-3333"}).status_code for _ in range(11)]
    assert tried[-1] == 429, "whoever guesses on learns nothing"


def word(*texts: str) -> SimpleUploadedFile:
    """A Word file with these paragraphs."""
    document, body = docx.Document(), BytesIO()
    for text in texts:
        document.add_paragraph(text)
    document.save(body)
    return SimpleUploadedFile("模板.docx", body.getvalue())


GOOD = (
    "凤鸣县版 {{ title }} {{ number }}",
    "{% for name, text in lines %}{{ name }}{{ text }} {% endfor %}",
    "{% for name, text in sections %}{{ name }}{{ text }} {% endfor %}",
    "{% for name in signers %}{{ name }} {% endfor %}",
)


def text_of(body: bytes) -> str:
    return "\n".join(one.text for one in docx.Document(BytesIO(body)).paragraphs)


def test_the_bureaus_own_templates_are_checked_tried_used_and_taken_back() -> None:
    town = mediation_town()
    _, case = accepted(town)
    leader, address = signed_in(town, "bureau_leader"), "/mediation/templates"
    assert signed_in(town, "mediator").get(address).status_code == 403

    def brought(*texts: str) -> PaperTemplate:
        assert leader.post(address, {"code": "rights", "file": word(*texts)}).status_code == 302
        return PaperTemplate.objects.latest("number")

    def move(row: PaperTemplate, what: str) -> int:
        return leader.post(f"{address}/{row.pk}", {"move": what}).status_code

    bad = brought(*GOOD, "{{ salary }}")
    assert "salary" in told(leader, f"{address}?paper=rights") and move(bad, "use") == 422
    thin = brought("{{ title }} {{ number }} {{ lines }} {{ sections }}")
    assert "签名栏" in told(leader, f"{address}?paper=rights") and move(thin, "use") == 422
    broken = brought(*GOOD, "{% for x in notes %}{{ x.salary }}{% endfor %}")
    assert move(broken, "use") == 422, "found by printing it"
    facts = paper_facts(case, "rights")
    assert "凤鸣县版" not in text_of(printed(facts, "docx"))
    first, second = brought(*GOOD), brought(*GOOD, "第二版")
    trial = leader.get(f"{address}/{first.pk}.docx")
    assert "样张甲" in text_of(trial.content) and "石甲" not in text_of(trial.content), "no real case in a trial"
    assert move(first, "use") == 302 and "第二版" not in text_of(printed(facts, "docx"))
    assert move(second, "use") == 302 and "第二版" in text_of(printed(facts, "docx"))
    assert [one.number for one in PaperTemplate.objects.filter(in_force=True)] == [second.number]
    assert move(first, "use") == 302, "back to the former one"
    shown = text_of(printed(facts, "docx"))
    assert "凤鸣县版" in shown and "石甲" in shown and "第二版" not in shown
    assert "凤鸣县版" not in text_of(printed(paper_facts(case, "acceptance"), "docx")), "this paper alone"
    assert move(first, "end") == 302 and "凤鸣县版" not in text_of(printed(facts, "docx"))
    clocks = told(leader, "/mediation/clocks")
    assert "第二十七条" in clocks and "条文待律师核对" in clocks and clocks.count("条文待律师核对") == 1


def test_a_template_that_is_no_word_file_or_carries_macros_is_refused() -> None:
    leader = signed_in(mediation_town(), "bureau_leader")
    for name, body in (("a.docx", b"no zip"), ("a.txt", word(*GOOD).read())):
        sent = leader.post("/mediation/templates", {"code": "rights", "file": SimpleUploadedFile(name, body)})
        assert sent.status_code == 422, name
    with BytesIO(word(*GOOD).read()) as held, ZipFile(held, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"x")
        packed.close()
        macros = SimpleUploadedFile("m.docx", held.getvalue())
    assert leader.post("/mediation/templates", {"code": "rights", "file": macros}).status_code == 422
