"""The giver's pages and the readers' desk: what is shown, what leaves no trace, what a thief could open."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.kernel import boxes, clock
from linli.kernel.crypto import house_key, unseal
from linli.kernel.errors import Refusal
from linli.org.people.acts import open_account
from linli.tips.readers.models import ReaderKey
from linli.tips.readers.queries import lock_context
from linli.tips.receipts import queries as receipts
from linli.tips.receipts.models import WrongHour
from linli.tips.receipts.rules import Bucket
from linli.tips.talk.acts import write_again
from linli.tips.talk.models import Envelope, Tip, TipFile, Word
from linli.web.portal import showing
from linli.web.tips import desk as desk_page
from linli.web.tips import giver as giver_pages
from linli.works.cleaning.rules import Cleaned
from tests import tipping
from tests.tipping import PASS, SEEN
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db
MARKS = {
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_X_FORWARDED_FOR": "198.51.100.23",
    "HTTP_USER_AGENT": "Marker-Browser/77.7 (Odd; Phone)",
    "HTTP_ACCEPT_LANGUAGE": "zh-CN,tlh;q=0.1",
    "HTTP_REFERER": "http://marker-referer.example/",
    "HTTP_COOKIE": "marker_cookie=marker-cookie-value",
}
NAMED = "marker-author-name.jpg"


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    tipping.quicken(monkeypatch)
    town = build_town(rooms=2)
    tipping.desk_person(town)
    return town


def photo() -> bytes:
    """A small picture with a place and a maker in it."""
    exif = Image.Exif()
    exif[0x010F] = "MarkerMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 24.0, 36.0), 3: "E", 4: (119.0, 48.0, 0.0)})
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def gave(client: Client, **more: Any) -> Any:
    """The form fetched and sent, as a browser without script does it."""
    page = client.get("/t/give").content.decode()
    hidden = dict(re.findall(r'name="(once|opened)" value="([^"]+)"', page))
    clock.advance(timedelta(seconds=30))
    fields = {**hidden, "what": SEEN, "place": "room:R1", "audience": "officer", **more}
    return client.post("/t/give", fields)


def receipt_in(answer: Any) -> str:
    found = re.search(r"<b>(\d{4} \d{4} \d{4} \d{4})</b>", answer.content.decode())
    assert found, answer.content.decode()[:2000]
    return found[1]


def signed_in(town: Town, who: str) -> Client:
    client = Client()
    client.force_login(open_account(SETUP, username=who, person=town.people[who]))
    return client


def moments() -> dict[str, int]:
    """How many rows there are of all that notes moments."""
    names = ("trail.Entry", "trail.Read", "sessions.Session", "works.Message", "works.Receipt", "works.Job")
    return {name: apps.get_model(name)._default_manager.count() for name in (*names, "works.StoredFile")}


def test_given_at_four_read_answered_and_the_giver_reads_by_receipt(town: Town) -> None:
    """Whole pages, no script: form → receipt → desk → answer → look → write again → matter → result."""
    with clock.fixed(datetime(2026, 11, 22, 20, 0, tzinfo=UTC)):
        giver, officer = Client(), signed_in(town, "community_officer")
        assert "12389" in giver.get("/t/give").content.decode(), "before anybody has a key nothing is asked"
        officer.post("/tips/key", {"passphrase": PASS, "again": PASS})
        answer = gave(giver, where="集市后巷", when="days", part="night")
        receipt = receipt_in(answer)
        assert answer["Cache-Control"].endswith("no-store") and "data:image/png;base64," in answer.content.decode()
        tip = Tip.objects.get()
        closed_desk = officer.get(f"/tips/{tip.pk}").content.decode()
        assert SEEN not in closed_desk and 'name="passphrase"' in closed_desk
        assert (
            officer.post("/tips/unlock", {"passphrase": "错的错的错的错的错的错的", "tip": tip.pk}).status_code == 302
        )
        assert SEEN not in officer.get(f"/tips/{tip.pk}").content.decode()
        officer.post("/tips/unlock", {"passphrase": PASS, "tip": str(tip.pk)})
        cookie = officer.cookies[desk_page.COOKIE]
        assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/tips"
        assert SEEN in officer.get(f"/tips/{tip.pk}").content.decode()
        officer.post(f"/tips/{tip.pk}/answer", {"text": "车是什么颜色？"})
        looked = giver.post("/t/look", {"receipt": receipt.replace(" ", "-")}).content.decode()
        assert "车是什么颜色？" in looked and SEEN in looked
        for _ in range(2):
            giver.post("/t/look", {"receipt": receipt, "do": "write", "text": "红色的"})
        assert Word.objects.count() == 3, "sent twice over a bad line, said once"
        officer.post(f"/tips/{tip.pk}/pass-on", {"agency": "R1", "title": "后巷撬车", "what": "夜里有人撬车"})
        officer.post(f"/tips/{tip.pk}/check")
        officer.post(f"/tips/{tip.pk}/close", {"outcome": "acted", "text": "抓到了"})
        last = giver.post("/t/look", {"receipt": receipt}).content.decode()
        assert "抓到了" in last and "已查实并处理" in last and "已作为一般线索办理" in last
        assert SEEN not in signed_in(town, "station_chief").get(f"/tips/{tip.pk}").content.decode()


TRACES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "": lambda patch: None,
    "the address is written down": lambda patch: _at_the_door(
        patch, lambda request, answer: logging.getLogger("linli").warning(request.META["REMOTE_ADDR"])
    ),
    "the agent is written down": lambda patch: _at_the_door(
        patch, lambda request, answer: logging.getLogger("linli").warning(request.headers["User-Agent"])
    ),
    "a cookie is set": lambda patch: _at_the_door(patch, lambda request, answer: answer.set_cookie("seen", "1")),
    "a session is opened": lambda patch: _at_the_door(patch, lambda request, answer: request.session.create()),
    "files come as they are": lambda patch: patch.setattr(
        "linli.web.tips.uploads.clean_apart", lambda body: Cleaned(body, "image/jpeg", ".jpg")
    ),
}
"""Each promise broken once: the look for traces must see it, or it sees nothing."""


def _at_the_door(patch: pytest.MonkeyPatch, leak: Callable[[Any, Any], object]) -> None:
    """Something more is done with every answer of the giver's pages."""
    honest = showing.show

    def shown(request: Any, template: str, context: dict[str, Any], **more: Any) -> Any:
        answer = honest(request, template, context, **more)
        leak(request, answer)
        return answer

    patch.setattr(giver_pages, "show", shown)


@pytest.mark.parametrize("broken", TRACES)
def test_a_request_leaves_no_trace_of_its_giver(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    broken: str,
) -> None:
    """No address, agent, language, referer, cookie, file name, place of a photo, hour, receipt or word: in no table,
    no file, no log, also when a request is refused; and no cookie goes back.
    """
    tipping.with_keys(town, "tips_desk", "community_officer")
    caplog.set_level(logging.INFO)
    TRACES[broken](monkeypatch)
    found = traces(town, lambda: caplog.text + "".join(capfd.readouterr()))
    assert bool(found) == bool(broken), found


def traces(town: Town, logged: Callable[[], str]) -> list[str]:
    """What is left of somebody who gives a tip with a photograph, writes again, and errs twice."""
    client = Client(**MARKS)  # type: ignore[arg-type]  # the stubs know no extra headers
    with clock.fixed(datetime(2026, 11, 22, 20, 17, 31, tzinfo=UTC)):
        before = moments()
        answer = gave(client, files=SimpleUploadedFile(NAMED, photo(), content_type="image/jpeg"))
        receipt = receipt_in(answer)
        again = client.post("/t/look", {"receipt": receipt, "do": "write", "text": "还有一句记号话"})
        wrong = client.post("/t/look", {"receipt": "0000 0000 0000 0000"})
        bad = client.post("/t/give", {"what": ""})
        assert (again.status_code, wrong.status_code, bad.status_code) == (200, 404, 422)
        cookies = [name for one in (answer, again, wrong, bad) for name in one.cookies]
        # No entry, no session, no message, no job, no kept answer.
        rows = [name for name, count in moments().items() if count != before[name]]
        forbidden = [
            *("203.0.113.77", "198.51.100.23", "Marker-Browser", "tlh;q", "marker-referer", "marker-cookie"),
            *(NAMED.removesuffix(".jpg"), "MarkerMaker", SEEN, "记号话", receipt, receipt.replace(" ", "")),
            *("20:17:31", "20:18:01", "/t/look", "/t/give"),
        ]
        told = tipping.every_row() + tipping.every_file().decode(errors="replace") + logged()
    officer = signed_in(town, "community_officer")
    tip = Tip.objects.get()
    officer.post("/tips/unlock", {"passphrase": PASS, "tip": str(tip.pk)})
    link = re.search(rf"/tips/{tip.pk}/file/[0-9a-f-]+", officer.get(f"/tips/{tip.pk}").content.decode())
    inside = officer.get(link[0]).content if link else b"MarkerMaker"
    return [
        *cookies,
        *rows,
        *(mark for mark in forbidden if mark in told),
        *(["maker"] if b"MarkerMaker" in inside else []),
    ]


def test_a_stolen_house_opens_no_tip(town: Town) -> None:
    """With all tables and the key files, but without a passphrase or a receipt: no word, no file, no reader's key."""
    tipping.with_keys(town, "tips_desk", "community_officer")
    one = tipping.given(town)
    write_again(
        tipping.DOOR, opened=tipping.by_giver(one), text="", files=[Cleaned(b"bytes of a file", "text/plain", ".txt")]
    )
    told = tipping.every_row()
    assert SEEN not in told and "bytes of a file" not in told and one.keys.key.hex() not in told
    blobs = [bytes(row.boxed) for row in (*Word.objects.all(), *Envelope.objects.all())]
    blobs += [bytes(Tip.objects.get().giver_boxed), bytes(TipFile.objects.get().locked)]
    keys = [row.locked_private for row in ReaderKey.objects.all()]
    for key in keys:
        # The house's seal is off: what is left is locked under the passphrase, and a guess costs Argon2id.
        with pytest.raises(Refusal):
            boxes.unlock(key, key=boxes.stretched("密语猜不到密语猜不到", salt=b"0" * 16), context="tips")
    held = [key[:32] for key in keys] + [
        house_key("tips.receipt.salt"),
        house_key("tips.receipt.draw"),
    ]
    for blob in blobs:
        for key in held:
            with pytest.raises(Refusal):
                boxes.open_box(blob, private=key, context="tips")
        with pytest.raises(Refusal):
            unseal(blob, context="tips")
    right = ReaderKey.objects.get(person=town.people["tips_desk"])
    opened = boxes.unlock(
        right.locked_private, key=boxes.stretched(PASS, salt=bytes(right.salt)), context=lock_context(right)
    )
    assert boxes.public_of(opened) == right.public, "the mutant: with the passphrase it does open"


def test_a_million_guesses(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house takes 600 wrong receipts an hour and then none, right or wrong, until the next; a process 20 at once
    and then one every two seconds. A right one leaves nothing behind.
    """
    tipping.with_keys(town, "tips_desk")
    with clock.fixed(datetime(2026, 11, 22, 20, 17, tzinfo=UTC)):
        giver = Client()
        receipt = receipt_in(gave(giver))
        assert giver.post("/t/look", {"receipt": receipt}).status_code == 200
        assert not WrongHour.objects.exists()
        giver.post("/t/look", {"receipt": "1" * 16})
        assert (WrongHour.objects.get().wrong, WrongHour.objects.get().hour_at.minute) == (1, 0)
        WrongHour.objects.update(wrong=599)
        assert giver.post("/t/look", {"receipt": "2" * 16}).status_code == 404
        refused = giver.post("/t/look", {"receipt": receipt})
        assert refused.status_code == 409 and "43" in refused.content.decode()
        clock.advance(timedelta(minutes=43))
        assert giver.post("/t/look", {"receipt": receipt}).status_code == 200
        monkeypatch.setattr(receipts, "LOOK_BUCKET", Bucket(most=20, refill_s=2.0))
        taken = [giver.post("/t/look", {"receipt": f"{n:016d}"}).status_code for n in range(25)]
        assert taken == [404] * 20 + [409] * 5


def test_a_reader_is_shown_nothing_of_the_giver(town: Town) -> None:
    tipping.with_keys(town, "community_officer")
    with clock.fixed(datetime(2026, 11, 22, 20, 17, 31, tzinfo=UTC)):
        giver = Client(**MARKS)  # type: ignore[arg-type]  # the stubs know no extra headers
        receipt = receipt_in(gave(giver, files=SimpleUploadedFile(NAMED, photo())))
    officer = signed_in(town, "community_officer")
    tip = Tip.objects.get()
    officer.post("/tips/unlock", {"passphrase": PASS, "tip": str(tip.pk)})
    page = officer.get(f"/tips/{tip.pk}").content.decode()
    link = re.search(rf"/tips/{tip.pk}/file/[0-9a-f-]+", page)
    assert SEEN in page and link
    for mark in ("203.0.113.77", "198.51.100.23", "Marker", "marker", receipt, "20:17", "04:17"):
        assert mark not in page
    saved = officer.get(link[0])
    assert saved["Content-Disposition"].startswith("attachment") and saved["X-Content-Type-Options"] == "nosniff"
    assert not Image.open(io.BytesIO(saved.content)).getexif() and b"MarkerMaker" not in saved.content


def test_a_refused_form_keeps_its_words_and_the_counter_keeps_no_name(town: Town) -> None:
    tipping.with_keys(town, "tips_desk")
    with clock.fixed(datetime(2026, 11, 22, 2, 0, tzinfo=UTC)):
        giver = Client()
        nothing = gave(giver, what="  ", where="后巷")
        assert nothing.status_code == 422 and "后巷" in nothing.content.decode()
        bad = gave(giver, files=SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>"))
        assert bad.status_code == 422 and SEEN in bad.content.decode()
        long = gave(giver, what="长" * 9_000)
        assert long.status_code == 422
        flood = giver.post("/t/give", {"what": "x" * 4_000_000})
        assert flood.status_code in (413, 422)
        script = gave(giver, what="<script>alert(1)</script>", where='"><img src=x>')
        assert script.status_code == 200
        elsewhere = giver.post("/t/look", {"receipt": "1" * 16}, HTTP_SEC_FETCH_SITE="cross-site")
        assert elsewhere.status_code == 422
        assert Tip.objects.count() == 1
        Tip.objects.all().delete()
        clerk = signed_in(town, "station_desk")
        page = clerk.get("/tips/counter").content.decode()
        once = dict(re.findall(r'name="(once)" value="([^"]+)"', page))
        answer = clerk.post("/tips/counter", {**once, "what": SEEN, "place": "room:R1"})
        found = re.search(r"(\d{4} \d{4} \d{4} \d{4})", answer.content.decode())
        assert found and SEEN in giver.post("/t/look", {"receipt": found[1]}).content.decode()
        rows = tipping.every_row()
        assert "tip.give" not in rows and json.dumps(SEEN) not in rows
    assert signed_in(town, "auxiliary").get("/tips/counter").status_code == 403
    assert signed_in(town, "grid_worker").get("/tips").status_code == 403
