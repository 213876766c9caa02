"""Anonymous tips: who can read one, who cannot, how readers change, what is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.kernel import clock
from linli.kernel.boxes import open_box
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.org.posts.acts import end_post, give_post
from linli.org.posts.models import Post
from linli.tips.readers.acts import make_key
from linli.tips.readers.queries import desk_of, desk_token, private_of
from linli.tips.receipts.queries import keys_of
from linli.tips.talk import acts
from linli.tips.talk.models import Envelope, Tip, TipFile, Word
from linli.tips.talk.queries import (
    by_receipt,
    counted,
    file_of,
    opened_by,
    opening,
    readers_now,
    said_in,
    tip_seen,
    tips_of,
)
from linli.trail.entries.models import Entry
from linli.works.cleaning.rules import Cleaned
from tests import tipping
from tests.tipping import DOOR, PASS, RECEIPT, SEEN, by_giver, desk_open, given
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    tipping.quicken(monkeypatch)
    town = build_town(rooms=2)
    tipping.desk_person(town)
    return town


def test_a_tip_is_read_by_its_officer_and_the_desk_and_by_nobody_else(town: Town) -> None:
    tipping.with_keys(town, "community_officer", "other_officer", "station_chief", "tips_desk", "bureau_leader")
    one = given(town, where="集市后巷", when="days", part="night")
    for name in ("community_officer", "tips_desk"):
        actor = town.actor(name)
        tip = tip_seen(actor, one.tip.pk)
        said = said_in(opened_by(desk_open(actor), tip))
        assert [spoken.said.text for spoken in said] == [SEEN]
        assert said[0].said.facts["where"] == "集市后巷"
    for name in ("other_officer", "station_chief", "bureau_leader", "administrator", "auditor", "grid_worker"):
        assert not tips_of(town.actor(name)), name
        with pytest.raises(NotFound):
            tip_seen(town.actor(name), one.tip.pk)
    for name in ("other_officer", "station_chief"):
        with pytest.raises(NotFound):
            opened_by(desk_open(town.actor(name)), one.tip)
    with pytest.raises(NotAllowed):
        make_key(town.actor("auxiliary"), passphrase=PASS, again=PASS)
    assert not Tip.objects.visible_to(SETUP), "the system itself reads none"


def test_two_way_talk_a_result_and_a_matter_passed_on(town: Town) -> None:
    tipping.with_keys(town, "community_officer", "tips_desk")
    one = given(town)
    officer = town.actor("community_officer")
    acts.note_opened(officer, tip=tip_seen(officer, one.tip.pk))
    acts.answer_tip(officer, tip=one.tip, text="车是什么颜色？")
    assert [s.said.text for s in said_in(by_giver(one))] == [SEEN, "车是什么颜色？"]
    acts.write_again(DOOR, opened=by_giver(one), text="红色的")
    one.tip.refresh_from_db()
    assert one.tip.state == "waiting"
    matter = acts.pass_on(officer, tip=one.tip, agency=town.rooms[0], title="后巷夜间撬车", what="夜里有人撬车")
    assert matter.kind == "tip" and matter.agency == town.rooms[0]
    acts.move_tip(officer, tip=one.tip, move="check")
    with pytest.raises(Invalid):
        acts.move_tip(officer, tip=one.tip, move="close", outcome="acted")
    acts.move_tip(officer, tip=one.tip, move="close", outcome="acted", text="抓到了，谢谢您")
    told = said_in(by_giver(one))
    assert [s.said.kind for s in told] == ["tip", "answer", "word", "passed", "result"]
    assert told[3].said.facts["number"] == matter.number
    assert [entry.act for entry in Entry.objects.filter(act__startswith="tip.").order_by("at", "id")][-5:] == [
        "tip.open", "tip.answer", "tip.pass_on", "tip.move", "tip.move",
    ]  # fmt: skip
    assert not Entry.objects.filter(act__in=("tip.give", "tip.write")), "the giver leaves no entry"
    assert not [e for e in Entry.objects.visible_to(town.actor("station_chief")) if e.act.startswith("tip.")]
    acts.write_again(DOOR, opened=by_giver(one), text="又看见了")
    one.tip.refresh_from_db()
    assert (one.tip.state, one.tip.closed_on, one.tip.outcome) == ("waiting", None, "")


def test_a_form_sent_twice_is_one_tip(town: Town) -> None:
    tipping.with_keys(town, "tips_desk")
    first, second = given(town), given(town)
    assert first.tip.pk == second.tip.pk and Tip.objects.count() == 1 and Word.objects.count() == 1


def test_a_tip_about_the_reader_himself_never_reaches_him(town: Town) -> None:
    """By the choice in the form, by his name in the text, by his name in a later word; his chief neither."""
    tipping.with_keys(town, "community_officer", "station_chief", "tips_desk", "bureau_leader")
    officer, chief = town.actor("community_officer"), town.actor("station_chief")
    name = town.people["community_officer"].name
    ways: tuple[dict[str, Any], ...] = (
        {"concerns": "room"},
        {"what": f"{name}收钱"},
        {"audience": "chief", "concerns": "chief"},
    )
    for n, told in enumerate(ways):
        one = given(town, receipt=f"{n:016d}", **told)
        assert [who for _, who, _ in readers_now(one.tip)] == ["演tips_desk"]
    one = given(town, receipt="9" * 16, concerns="desk")
    assert [who for _, who, _ in readers_now(one.tip)] == ["演bureau_leader"]
    assert not tips_of(officer) and not tips_of(chief)

    later = given(town)
    before = desk_open(officer)
    was, envelope = bytes(later.tip.public), Envelope.objects.get(tip=later.tip, key_id=UUID(before.key_id))
    acts.write_again(DOOR, opened=by_giver(later), text=f"其实是{name}自己拿的")
    later.tip.refresh_from_db()
    assert not tips_of(officer) and bytes(later.tip.public) != was
    desk = town.actor("tips_desk")
    assert [s.said.text for s in said_in(opened_by(desk_open(desk), later.tip))][-1] == f"其实是{name}自己拿的"
    assert acts.seal_anew(desk, reader=town.people["tips_desk"], desk=desk_open(desk)) == 0, "nor by sealing anew"
    # Even with his old envelope put back he opens nothing of what is said now.
    envelope.save(force_insert=True)
    with pytest.raises(Invalid):
        said_in(opened_by(before, later.tip))
    assert said_in(by_giver(later))[-1].said.text.startswith("其实是")


def test_a_reader_leaves_himself_out(town: Town) -> None:
    tipping.with_keys(town, "community_officer", "tips_desk")
    one = given(town)
    officer = town.actor("community_officer")
    opened = opened_by(desk_open(officer), one.tip)
    acts.leave_out(officer, tip=one.tip, opened=opened, person_id=officer.id)
    assert not tips_of(officer)
    assert said_in(by_giver(one))[0].said.text == SEEN
    desk = town.actor("tips_desk")
    one.tip.refresh_from_db()
    with pytest.raises(Conflict):
        acts.leave_out(desk, tip=one.tip, opened=opened_by(desk_open(desk), one.tip), person_id=desk.id)


def test_a_new_officer_and_a_lost_key_are_sealed_to_anew_and_a_post_that_ends_opens_nothing(town: Town) -> None:
    tipping.with_keys(town, "community_officer", "tips_desk")
    one = given(town)
    officer, desk = town.actor("community_officer"), town.actor("tips_desk")
    post = Post.objects.get(person=town.people["community_officer"])
    end_post(SETUP, post=post, on=clock.today())
    assert not tips_of(town.actor("community_officer"))
    give_post(
        SETUP, person=town.people["other_officer"], agency=town.rooms[0], code="community_officer",
        since=clock.today(), main=False,
    )  # fmt: skip
    make_key(town.actor("other_officer"), passphrase=PASS, again=PASS)
    assert not tips_of(town.actor("other_officer")), "a key alone opens nothing"
    assert acts.seal_anew(desk, reader=town.people["tips_desk"], desk=desk_open(desk)) == 1
    fresh = town.actor("other_officer")
    assert said_in(opened_by(desk_open(fresh), tip_seen(fresh, one.tip.pk)))[0].said.text == SEEN
    assert acts.end_lost_envelopes(SETUP) == 1
    assert not Envelope.objects.filter(key__person_id=officer.id)
    make_key(fresh, passphrase=PASS + "又", again=PASS + "又")
    assert not tips_of(fresh), "the key before is gone, and what was sealed to it"
    acts.seal_anew(desk, reader=town.people["tips_desk"], desk=desk_open(desk))
    assert tips_of(fresh)


def test_without_a_reader_nothing_is_taken(town: Town) -> None:
    with pytest.raises(Conflict):
        given(town)
    assert not Tip.objects.exists()


def test_a_passphrase_opens_and_an_open_desk_is_its_readers_alone_and_ends(town: Town) -> None:
    tipping.with_keys(town, "tips_desk", "community_officer")
    desk, officer = town.actor("tips_desk"), town.actor("community_officer")
    with pytest.raises(Invalid):
        private_of(desk, "别的密语别的密语别的密语")
    for weak in ("短短短", "aaaaaaaaaaaaaaaa", f"{desk.name}一二三四五六七八九"):
        with pytest.raises(Invalid):
            make_key(desk, passphrase=weak, again=weak)
    now = clock.now()
    with clock.fixed(now):
        token = desk_token(desk, private_of(desk, PASS))
        opened = desk_of(desk, token)
        assert opened is not None and opened.private == private_of(desk, PASS)
        assert desk_of(officer, token) is None and desk_of(desk, token[:-4]) is None
        clock.advance(timedelta(minutes=15))
        assert desk_of(desk, token) is None


def test_files_are_sealed_and_opened_by_either_side(town: Town) -> None:
    tipping.with_keys(town, "tips_desk")
    photo = Cleaned(b"\xff\xd8 picture", "image/jpeg", ".jpg")
    one = given(town)
    acts.write_again(DOOR, opened=by_giver(one), text="", files=[photo])
    row = TipFile.objects.get()
    assert b"picture" not in bytes(row.locked)
    named, body = file_of(by_giver(one), str(row.pk))
    assert (named.media, body) == ("image/jpeg", photo.body)
    desk = town.actor("tips_desk")
    assert file_of(opened_by(desk_open(desk), one.tip), str(row.pk))[1] == photo.body
    other = given(town, receipt="5" * 16)
    with pytest.raises(NotFound):
        file_of(by_giver(other), str(row.pk))
    with pytest.raises(Invalid):
        acts.write_again(DOOR, opened=by_giver(one), text="多", files=[photo] * 6)


def test_closed_tips_are_erased_with_all_that_hangs_on_them(town: Town) -> None:
    tipping.with_keys(town, "tips_desk")
    now = clock.now()
    with clock.fixed(now):
        one, other = given(town), given(town, receipt="6" * 16)
        desk = town.actor("tips_desk")
        acts.move_tip(desk, tip=one.tip, move="close", outcome="unfounded", text="查了，没有")
        clock.advance(timedelta(days=89))
        assert acts.erase_old(SETUP) == 0
        clock.advance(timedelta(days=1))
        assert acts.erase_old(SETUP) == 1
    assert list(Tip.objects.all()) == [other.tip]
    assert Word.objects.count() == 1 and not Envelope.objects.filter(tip=one.tip.pk)
    assert by_receipt(one.keys) is None


def test_others_are_told_no_small_number(town: Town) -> None:
    tipping.with_keys(town, "tips_desk")
    since = clock.today() - timedelta(days=30)
    assert counted(since).given == 0
    for n in range(4):
        given(town, receipt=f"{n:016d}")
    assert counted(since).given is None
    given(town, receipt="4" * 16)
    assert (counted(since).given, counted(since).closed) == (5, 0)
    acts.move_tip(town.actor("tips_desk"), tip=Tip.objects.all()[0], move="close", outcome="acted", text="好")
    assert counted(since).closed is None, "a difference tells as much as a number"


def test_a_wrong_receipt_is_worked_on_like_a_right_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """No oracle: right or wrong, one stretching, one question by the whole index, one box opened."""
    tipping.with_keys(town, "tips_desk")
    given(town)
    work: list[str] = []

    def noted(*args: Any, **kwargs: Any) -> bytes:
        work.append("box")
        return open_box(*args, **kwargs)

    monkeypatch.setattr(opening, "open_box", noted)
    assert by_receipt(keys_of(RECEIPT)) is not None
    assert by_receipt(keys_of(RECEIPT[:15] + "7")) is None, "fifteen right digits are as wrong as none"
    assert work == ["box", "box"]
