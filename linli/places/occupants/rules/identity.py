"""Identity numbers as they are written on cards: GB 11643 and the forms beside it. Pure."""

from __future__ import annotations

import operator
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from linli.kernel.words import Words

ID_KINDS: dict[str, Words] = {
    "resident": Words("居民身份证", "resident identity card"),
    "passport": Words("护照", "passport"),
    "hkmt_permit": Words("港澳台居民居住证或通行证", "permit of a resident of Hong Kong, Macao or Taiwan"),
    "foreign_permit": Words("外国人永久居留身份证", "foreign permanent resident card"),
    "birth": Words("出生医学证明", "medical certificate of birth"),
    "none": Words("暂无证件", "no paper at hand"),
}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGIONS = frozenset(
    str(code)
    for block in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for code in range(*block)
)
"""First two digits of GB/T 2260, with 71, 81, 82 for Taiwan, Hong Kong and Macao, 83 of Taiwan residents' permits; a
foreign permanent resident's card begins with 9.
"""
_FIRST_DAY = date(1800, 1, 1)
"""No number is refused for age: registers hold people whose end nobody has told yet."""
_EIGHTEEN = re.compile(r"^\d{17}[\dX]$")
_FIFTEEN = re.compile(r"^\d{15}$")
_OTHER = re.compile(r"^[0-9A-Z()/-]{5,30}$")


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that holds together. ``born_on`` and ``sex`` (``M``, ``F``) are what it says by itself, or None and
    blank.
    """

    number: str
    born_on: date | None = None
    sex: str = ""


def plain_number(text: object) -> str:
    """One spelling: half width, capital letters, without spaces."""
    if type(text) is str and text.isascii() and text.isalnum():
        return text.upper()
    return "".join(unicodedata.normalize("NFKC", str(text or "")).upper().split())


def check_digit(first: str) -> str:
    """The 18th sign of 17 digits (ISO 7064 MOD 11-2, GB 11643-1999)."""
    if len(first) != len(_WEIGHTS):
        raise ValueError("form")
    return _CHECKS[sum(map(operator.mul, map(int, first), _WEIGHTS)) % 11]


def eighteen(plain: str, kind: str = "resident") -> str:
    """The number of a resident's card with eighteen signs, also where it was written with fifteen (before 1999): both
    are one person. Others stay as they are.
    """
    if len(plain) != 15 or kind not in ("resident", "none") or not _FIFTEEN.match(plain):
        return plain
    whole = f"{plain[:6]}19{plain[6:]}"
    return whole + check_digit(whole)


def read_identity(number: str, kind: str = "resident", *, today: date) -> Identity:
    """Check a number of a kind of card. Raises ``ValueError`` with ``form``, ``region``, ``birth`` or ``check``.

    Fifteen digits (before 1999) are brought to eighteen, so that both spellings are one person. Source: GB 11643-1999.
    """
    plain = plain_number(number)
    if kind in ("passport", "birth", "hkmt_permit", "foreign_permit") and not _EIGHTEEN.match(plain):
        if not _OTHER.match(plain):
            raise ValueError("form")
        return Identity(plain)
    plain = eighteen(plain)
    if not _EIGHTEEN.match(plain):
        raise ValueError("form")
    return _read_eighteen(plain, today)


def _read_eighteen(plain: str, today: date) -> Identity:
    if plain[:2] not in _REGIONS and plain[0] != "9":
        raise ValueError("region")
    try:
        born_on = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        raise ValueError("birth") from None
    if not _FIRST_DAY <= born_on <= today:
        raise ValueError("birth")
    if check_digit(plain[:17]) != plain[17]:
        raise ValueError("check")
    return Identity(plain, born_on, "M" if int(plain[16]) % 2 else "F")


def masked_number(number: str) -> str:
    """``3307**********121X``: the region and the last four, never the birthday."""
    return f"{number[:4]}{'*' * max(0, len(number) - 8)}{number[-4:]}" if len(number) >= 9 else "*" * len(number)


def age_on(born_on: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


WHY_WRONG: dict[str, Words] = {
    "form": Words("位数或字符不符", "the number of signs or a sign is wrong"),
    "region": Words("前两位不是我国区划", "the first two digits are no region"),
    "birth": Words("出生日期不存在", "the day of birth cannot be"),
    "check": Words("校验位不符，请再看一遍证件", "the check digit does not fit: look at the card again"),
}
