"""Identity numbers, names, terms and the succession of codes: pure."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.homes.rules import TERMS, Term, due_after, is_credit_code
from linli.places.occupants.rules.checking import plain_digits, plain_name
from linli.places.occupants.rules.identity import age_on, check_digit, eighteen, masked_number, read_identity
from linli.places.occupants.rules.likeness import alike
from linli.places.occupants.rules.population import Count, Line, standing_on, summed
from linli.places.occupants.rules.reporting import REPORTS, wrong_in
from linli.places.plates.rules import Part, child_code, may_lie_below, part_text

TODAY = date(2026, 11, 22)
# GB 11643-1999's own examples and numbers made for tests of public libraries: nobody's.
VALID = ["11010519491231002X", "440524188001010014", "440882199102104195", "830000198802110027", "431389760616601"]
WRONG = {
    "440882199102104190": "check", "44522119901117536X": "check", "44522119901117536": "form", "": "form",
    "04522119901117536X": "region", "14522119901117536X": "check", "345955198706122245": "check",
    "110105194913310021": "birth", "１１０１０５": "form",
}  # fmt: skip


@pytest.mark.parametrize("number", VALID)
def test_good_numbers_are_read(number: str) -> None:
    read = read_identity(number, today=TODAY)
    assert len(read.number) == 18 and read.born_on is not None and read.sex in ("M", "F")


def test_what_a_number_says() -> None:
    read = read_identity(" 11010519491231002x ", today=TODAY)
    assert (read.number, read.born_on, read.sex) == ("11010519491231002X", date(1949, 12, 31), "F")
    assert read_identity("431389760616601", today=TODAY).number == "431389197606166012"
    assert masked_number(read.number) == "1101**********002X"
    assert read_identity("e12345678", "passport", today=TODAY).number == "E12345678"
    with pytest.raises(ValueError, match="form"):
        read_identity("人", "passport", today=TODAY)


@pytest.mark.parametrize(("number", "why"), WRONG.items())
def test_bad_numbers_are_refused_for_their_reason(number: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_identity(number, today=TODAY)


@given(st.integers(1, 999), st.dates(date(1920, 1, 1), date(2020, 12, 31)), st.integers(0, 16))
def test_one_wrong_digit_never_passes(order: int, born: date, at: int) -> None:
    head = f"330726{born:%Y%m%d}{order:03d}"
    whole = head + check_digit(head)
    assert read_identity(whole, today=TODAY).born_on == born
    other = str((int(whole[at]) + 1) % 10)
    with pytest.raises(ValueError, match=r"check|birth|region"):
        read_identity(whole[:at] + other + whole[at + 1 :], today=TODAY)


def test_names_and_telephones_have_one_spelling() -> None:
    assert plain_name(" 王 小  芳 ") == "王小芳"
    assert plain_name("阿依古丽•买买提") == "阿依古丽·买买提" == plain_name("阿依古丽·买买提")
    assert plain_name("John  Smith") == "John Smith"
    assert plain_name("𠮷田") == "𠮷田"
    assert plain_digits("+86 139-0000-1234") == "13900001234"
    assert age_on(date(2012, 11, 23), TODAY) == 13 and age_on(date(2012, 11, 22), TODAY) == 14


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("王小芳", "王晓芳", True), ("王小芳", "王 小芳", True), ("张伟", "章伟", True), ("王伟", "王芳", False),
        ("王小芳", "李小明", False), ("", "", False), ("欧阳一禾", "欧阳二禾", True), ("王芳", "王小芳", False),
    ],
)  # fmt: skip
def test_names_that_may_be_one(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same and alike(other, one) is same


def test_terms_count_working_days() -> None:
    friday = date(2024, 3, 1)
    assert due_after(friday, TERMS["landlord_reports"]) == date(2024, 3, 6)
    assert due_after(friday, TERMS["mover_reports"]) == date(2024, 3, 11)
    three = Term(3, True, *(TERMS["landlord_reports"].words,) * 2)
    assert due_after(friday, three, {date(2024, 3, 4)}) == date(2024, 3, 7)
    assert is_credit_code("91350100M000100Y43") and not is_credit_code("91350100M000100Y44")
    assert not is_credit_code("91350100I000100Y43")


def test_reports_say_what_is_wrong_with_them() -> None:
    assert [one.field for one in wrong_in("moved_in", {}, today=TODAY)] == list(REPORTS["moved_in"].required)
    child = {"name": "小禾", "id_number": "33072620200101001" + check_digit("33072620200101001"), "kind": "migrant"}
    told = {**child, "id_kind": "resident", "happened_on": "2026-11-01"}
    assert [one.field for one in wrong_in("moved_in", told, today=TODAY)] == ["guardian_basis"]
    assert not wrong_in("moved_in", {**told, "guardian_basis": "guardian_told"}, today=TODAY)
    assert [one.field for one in wrong_in("moved_out", {"name": "x" * 51, "happened_on": "昨天"}, today=TODAY)] == [
        "name",
        "happened_on",
    ]


def test_numbers_follow_the_succession_of_codes() -> None:
    village, community, town, other = (uuid.UUID(int=n) for n in range(4))
    on = date(2024, 1, 1)
    lines = {village: Line(None, on, community), community: Line(on, None, None)}
    assert standing_on(village, date(2023, 12, 31), lines) == village
    assert standing_on(village, on, lines) == community == standing_on(community, on, lines)
    assert standing_on(community, date(2023, 1, 1), lines) == village, "one predecessor: its people lived there"
    two = lines | {other: Line(None, on, community)}
    assert standing_on(community, date(2023, 1, 1), two) == community, "of two predecessors nobody knows which"
    ring = {village: Line(None, on, community), community: Line(None, on, village)}
    assert standing_on(village, on, ring) in (village, community)
    rows = [(village, "registered", 80_000), (community, "migrant", 70_000), (town, "lodging", 3), (None, "migrant", 1)]
    found = summed(rows, on, lines)
    assert (found[community].registered, found[community].migrant, found[None].migrant) == (80_000, 70_000, 1)
    assert round(found[community].ratio or 0, 2) == 1.14 and Count().ratio is None, "W7: 1.14 to 1"
    assert found[town].total == 3


def test_the_tree_says_what_lies_below_what() -> None:
    assert part_text(Part("house", 12, 3)) == "12-3号" and part_text(Part("building", 5)) == "5栋"
    assert (
        child_code("A1", Part("house", 12, 3), 1) == "A1-H12.3"
        and child_code("A1", Part("lane", name="柳巷"), 2) == "A1-L2"
    )
    assert may_lie_below("house", "building") and not may_lie_below("building", "house")


@pytest.mark.parametrize(("written", "kind", "read"), [
    ("431389760616601", "resident", "431389197606166012"),
    ("431389760616601", "passport", "431389760616601"),
    ("11010519491231002X", "resident", "11010519491231002X"),
    ("43138976061660X", "resident", "43138976061660X"),
])  # fmt: skip
def test_a_number_of_fifteen_signs_is_the_number_of_eighteen(written: str, kind: str, read: str) -> None:
    assert eighteen(written, kind) == read
    assert kind == "passport" or eighteen(read, kind) == read


@pytest.mark.parametrize("text", ["张伟", "欧阳 娜娜", "买买提•艾力", "Anna  Bell", "", "  "])
def test_what_is_plain_already_is_read_as_anything_else(text: str) -> None:
    assert plain_name(plain_name(text)) == plain_name(text)
    assert plain_name("张伟") == plain_name(" 张 伟 ") == "张伟"
    assert plain_digits("008613900000001") == plain_digits("+86 139-0000-0001") == "13900000001"
