"""Receipts, limits, whom a tip reaches: pure rules."""

from __future__ import annotations

import uuid

import pytest

from linli.kernel import boxes
from linli.kernel.errors import Invalid
from linli.kernel.words import Words
from linli.tips.readers.rules import (
    CHIEF,
    DESK,
    LEADER,
    OFFICER,
    Candidate,
    Wanted,
    check_passphrase,
    enough,
    named_in,
    proposed,
    readers_of,
)
from linli.tips.receipts.rules import (
    LOOKS,
    LOOKS_REFILL_S,
    WRONG_AN_HOUR,
    Bucket,
    in_fours,
    may_guess,
    read_receipt,
    receipt_for,
    split,
)
from linli.tips.talk.rules import OUTCOMES, Said, SealedFile, Told, plain_text, told_count

ROOM, STATION, BUREAU = "/B/S1/R1/", "/B/S1/", "/B/"


def somebody(post: str, path: str, name: str) -> Candidate:
    key = uuid.uuid5(uuid.NAMESPACE_OID, name)
    return Candidate(key, name, post, key, path, key, b"")


WANG = somebody(OFFICER, ROOM, "王建国")
OTHER = somebody(OFFICER, "/B/S1/R2/", "赵小兵")
BOSS = somebody(CHIEF, STATION, "欧阳雪梅")
DESK_A, DESK_B = somebody(DESK, BUREAU, "钱一"), somebody(DESK, BUREAU, "孙二")
LEAD = somebody(LEADER, BUREAU, "李三")
EVERYBODY = [WANG, OTHER, BOSS, DESK_A, DESK_B, LEAD]


def who(**facts: object) -> set[str]:
    wanted = Wanted(**{"audience": "officer", "room_path": ROOM, "station_path": STATION, **facts})  # type: ignore[arg-type]  # facts of a test
    return {one.name for one in readers_of(wanted, EVERYBODY)}


@pytest.mark.parametrize(
    ("facts", "readers"),
    [
        ({}, {"王建国", "钱一", "孙二"}),
        ({"audience": "chief"}, {"欧阳雪梅", "钱一", "孙二"}),
        ({"audience": "bureau"}, {"钱一", "孙二"}),
        ({"room_path": ""}, {"钱一", "孙二"}),
        *[({"concerns": what}, {"钱一", "孙二"}) for what in ("room", "chief", "station", "bureau")],
        ({"concerns": "desk"}, {"李三"}),
        ({"left_out": frozenset({str(WANG.person_id)})}, {"钱一", "孙二"}),
        ({"left_out": frozenset({str(DESK_A.person_id)})}, {"孙二"}),
        ({"left_out": frozenset({str(DESK_A.person_id), str(DESK_B.person_id)})}, {"李三"}),
        ({"left_out": frozenset(str(one.person_id) for one in EVERYBODY)}, set()),
        ({"audience": "nonsense"}, {"钱一", "孙二"}),
    ],
)
def test_whom_a_tip_reaches(facts: dict[str, object], readers: set[str]) -> None:
    assert who(**facts) == readers


def test_whoever_is_named_is_left_out() -> None:
    def named(text: str) -> set[str]:
        found = named_in(text, EVERYBODY)
        return {one.name for one in EVERYBODY if str(one.person_id) in found}

    assert named("王 建国 收了钱") == {"王建国"}
    assert named("那个王警官和欧阳所长") == {"王建国", "欧阳雪梅"}
    assert named("老王天天来喝酒") == {"王建国"}
    assert named("姓赵的") == {"赵小兵"}
    assert named("集市后巷有人撬车") == set()
    assert enough([DESK_A, DESK_B]) and not enough([DESK_A, DESK_A])


def test_a_receipt_is_sixteen_digits_read_however_it_is_typed() -> None:
    receipt = receipt_for(b"k" * 32, nonce="n" * 20, content="x")
    assert len(receipt) == 16 and read_receipt(in_fours(receipt)) == receipt
    assert read_receipt("１２３４ 5678-9012－3456".replace("－", "-")) == "1234567890123456"
    for wrong in ("", "123", "1" * 17, "1234 5678 9012 345x", "٤" * 16 + "x"):
        with pytest.raises(Invalid):
            read_receipt(wrong)
    assert receipt_for(b"k" * 32, nonce="n" * 20, content="x") == receipt, "sent twice: one receipt"
    assert receipt_for(b"k" * 32, nonce="n" * 20, content="y") != receipt, "another text: another receipt"
    assert receipt_for(b"l" * 32, nonce="n" * 20, content="x") != receipt


def test_neither_half_of_a_receipt_leads_to_the_other() -> None:
    keys = split(b"m" * 32)
    assert len(keys.index) == 32 and len(keys.key) == 32 and keys.index not in keys.key.hex()
    assert split(b"n" * 32).index != keys.index


def test_a_guess_costs_what_the_rfc_recommends() -> None:
    """RFC 9106, section 4, second recommendation: 64 MiB, three passes. And the lane is one a process."""
    assert boxes.Cost(memory_kib=65_536, passes=3) == boxes.COST
    assert boxes._ONE_AT_A_TIME._value == 1


def test_a_million_guesses_by_the_clock() -> None:
    """Simulated: somebody asks a process a hundred times a second for a day; and the whole house over a year."""
    bucket, let_in = Bucket(most=LOOKS, refill_s=LOOKS_REFILL_S), 0
    for tick in range(86_400 * 4):
        let_in += bucket.take(1_000.0 + tick / 4)
    assert let_in <= LOOKS + 86_400 / LOOKS_REFILL_S
    assert may_guess(WRONG_AN_HOUR - 1) and not may_guess(WRONG_AN_HOUR)
    days_of_a_million = 1_000_000 / WRONG_AN_HOUR / 24
    assert days_of_a_million > 60
    assert 1_000_000 * 100 / 10**16 <= 1e-8
    # The mutant: a bucket that fills at once lets everything in.
    loose = Bucket(most=LOOKS, refill_s=1e-9)
    assert all(loose.take(1_000.0 + tick / 100) for tick in range(1_000))


def test_a_bucket_survives_a_clock_that_goes_back() -> None:
    bucket = Bucket(most=2, refill_s=10.0)
    assert [bucket.take(at) for at in (100.0, 100.0, 100.0, 50.0, 60.1)] == [True, True, False, False, True]


def test_words_are_padded_and_come_back() -> None:
    file = SealedFile(id="1", key="2", media="image/jpeg", ending=".jpg", size=3)
    said = Said(kind="tip", text="看到的", facts={"where": "后巷"}, files=(file,))
    assert Said.from_bytes(said.as_bytes()) == said
    assert len({len(Said(kind="word", text="啊" * n).as_bytes()) for n in range(1, 20)}) == 1, "a length says little"
    assert plain_text("看\u202e到\x00\r\n的 ") == "看到\n的"
    assert [told_count(n) for n in (0, 1, 4, 5, 90)] == [0, None, None, 5, 90]
    with pytest.raises(Invalid):
        Told(what="x", audience="village").check()
    assert all(isinstance(words, Words) for words in OUTCOMES.values())


def test_a_passphrase_is_long_and_is_nobodys_name() -> None:
    assert check_passphrase(" 青石板路下雨天很滑要小心 ", "青石板路下雨天很滑要小心", not_in=["王建国"])
    for weak, again in (
        ("短", "短"),
        ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa"),
        ("王建国abcdefghijk", "王建国abcdefghijk"),
        ("x" * 14, "y"),
    ):
        with pytest.raises(Invalid):
            check_passphrase(weak, again, not_in=["王建国"])
    words = proposed(bytes(range(16)))
    assert check_passphrase(words, words) and proposed(bytes(16)) != words


def test_a_box_opens_for_its_key_and_place_alone() -> None:
    one, other = boxes.new_pair(), boxes.new_pair()
    sealed = boxes.box(b"words", to=one.public, context="here")
    assert boxes.open_box(sealed, private=one.private, context="here") == b"words"
    assert boxes.public_of(one.private) == one.public
    changed = bytes([sealed[0] ^ 1]) + sealed[1:]
    for blob, key, where in (
        (sealed, other, "here"),
        (sealed, one, "there"),
        (changed, one, "here"),
        (b"", one, "here"),
    ):
        with pytest.raises(Invalid):
            boxes.open_box(blob, private=key.private, context=where)
    locked = boxes.lock(b"words", key=b"k" * 32, context="here")
    assert boxes.unlock(locked, key=b"k" * 32, context="here") == b"words"
    for blob, secret, where in (
        (locked, b"l" * 32, "here"),
        (locked, b"k" * 32, "there"),
        (locked[:-1], b"k" * 32, "here"),
    ):
        with pytest.raises(Invalid):
            boxes.unlock(blob, key=secret, context=where)
