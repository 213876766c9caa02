"""What is told about a person, checked as one: names, cards, days, guardians. Pure but for the codes it declares."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from linli.kernel.errors import Invalid, declare
from linli.places.occupants.rules.declared import GUARDED_UNDER_YEARS, GUARDIAN, KINDS, RELATIONS, SEXES, SOURCES
from linli.places.occupants.rules.identity import ID_KINDS, WHY_WRONG, age_on, plain_number, read_identity

declare("occupant.name", zh="请填写姓名（1至50个字）。", en="Please give a name of 1 to 50 characters.")
declare("occupant.id_number", zh="证件号码不对：{zh}。", en="The identity number is not right: {en}.")
declare("occupant.id_kind", zh="没有“{value}”这类证件。", en="There is no kind of card {value}.")
declare("occupant.born_on", zh="出生日期与证件号码不符或在将来。", en="The day of birth does not fit the number.")
declare("occupant.sex", zh="性别与证件号码不符。", en="The sex does not fit the number.")
declare("occupant.choice", zh="没有“{value}”这一项。", en="There is no such choice: {value}.")
declare("occupant.phone", zh="电话号码应为7至20位数字。", en="A telephone number has 7 to 20 digits.")
declare(
    "occupant.guardian",
    zh="未满14周岁，须写明依据（监护人申报并同意、户口簿或法定职责）。",
    en="Under 14 years: say on what ground (the guardian, the household book, a statutory duty).",
)
declare("occupant.since", zh="居住起始日期不能在将来，也不能早于出生。", en="Living here begins not in future.")

_PHONE = re.compile(r"^\d{7,20}$")
_PLAIN_NAME = re.compile("[\u4e00-\u9fff]+")
"""Names of these signs alone are in one spelling already: none of them is composed or a dot."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one person, checked and in one spelling. ``born_on`` and ``sex`` follow from the number where it
    says them.
    """

    name: str
    id_kind: str = "none"
    id_number: str = ""
    sex: str = ""
    born_on: date | None = None
    phone: str = ""
    guardian_basis: str = ""


def plain_name(text: str) -> str:
    """One spelling of a name: composed signs, one kind of dot, no white space around or (between Chinese signs) in it.

    Rare characters of whatever plane stay as they are; nothing is folded that could make two people one.
    """
    if text and _PLAIN_NAME.fullmatch(text):
        return text
    name = " ".join(unicodedata.normalize("NFC", text).split())
    name = name.replace("•", "·").replace("・", "·").replace("‧", "·")
    return name if name.isascii() else re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", name)


def plain_digits(text: str) -> str:
    """A telephone number's digits, without the country code of China."""
    digits = text if text and text.isascii() and text.isdigit() else _as_digits(text)
    for start in ("+86", "0086"):
        digits = digits.removeprefix(start)
    return digits.replace("+", "")


def _as_digits(text: str) -> str:
    return re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", text or ""))


def checked_person(
    *,
    name: str,
    id_kind: str = "none",
    id_number: str = "",
    sex: str = "",
    born_on: date | None = None,
    phone: str = "",
    guardian_basis: str = "",
    today: date,
) -> Person:
    """The person in one spelling. Raises Invalid naming the first field that cannot be."""
    plain = plain_name(name)
    if not 1 <= len(plain) <= 50:
        raise Invalid("occupant.name", field="name")
    number = plain_number(id_number)
    if number and id_kind == "none":
        id_kind = "resident"
    if id_kind not in ID_KINDS:
        raise Invalid("occupant.id_kind", field="id_kind", value=id_kind)
    if number:
        number, born_on, sex = _with_number(number, id_kind, born_on, sex, today)
    if born_on is not None and born_on > today:
        raise Invalid("occupant.born_on", field="born_on")
    check_choice("sex", sex, SEXES)
    digits = plain_digits(phone)
    if digits and not _PHONE.match(digits):
        raise Invalid("occupant.phone", field="phone")
    check_choice("guardian_basis", guardian_basis, GUARDIAN, blank=True)
    if born_on is not None and age_on(born_on, today) < GUARDED_UNDER_YEARS and not guardian_basis:
        raise Invalid("occupant.guardian", field="guardian_basis")
    return Person(plain, id_kind if number else "none", number, sex, born_on, digits, guardian_basis)


def _with_number(
    number: str, id_kind: str, born_on: date | None, sex: str, today: date
) -> tuple[str, date | None, str]:
    try:
        read = read_identity(number, id_kind, today=today)
    except ValueError as fault:
        why = WHY_WRONG[str(fault)]
        raise Invalid("occupant.id_number", field="id_number", zh=why.zh, en=why.en) from fault
    if read.born_on and born_on and read.born_on != born_on:
        raise Invalid("occupant.born_on", field="born_on")
    if read.sex and sex and read.sex != sex:
        raise Invalid("occupant.sex", field="sex")
    return read.number, read.born_on or born_on, read.sex or sex


def check_residence(*, kind: str, relation: str, source: str, since: date, born_on: date | None, today: date) -> None:
    """Raise Invalid for the first fact about living somewhere that cannot be."""
    check_choice("kind", kind, KINDS)
    check_choice("relation", relation, RELATIONS)
    check_choice("source", source, SOURCES)
    if since > today or (born_on is not None and since < born_on):
        raise Invalid("occupant.since", field="since")


def check_choice(field: str, value: str, table: object, *, blank: bool = False) -> None:
    """Raise Invalid when a value is none of a declared table."""
    if not (blank and not value) and value not in table:  # type: ignore[operator]  # any declared table of words
        raise Invalid("occupant.choice", field=field, value=value)
