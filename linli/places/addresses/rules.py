"""Reading a half-heard address: noise off, parts apart, sounds together; and where a missing house number must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from linli.kernel.geo import distance_m
from linli.kernel.late import late

if TYPE_CHECKING:
    import pypinyin
else:
    pypinyin = late("pypinyin")

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMERAL = "零〇一二两三四五六七八九十百"
_COUNTED = "号|栋|幢|座|单元|小组|组|队|社(?!区)|弄|室"
_CHINESE_NUMBER = re.compile(f"([{_NUMERAL}]+)(?={_COUNTED})")
_DASH = re.compile(r"(?<=\d)\s*(?:[-‐‑–—−~～之]|至)\s*(?=\d)")

_PLACE_ASIDE = (
    "斜对面|正对面|对面|对过|附近|旁边|旁|隔壁|边上|楼下|楼上|门口|门前|门外|路边|街边|(?<=[街道巷])路口|(?<=路)口|后面|前面|里面|外面|一带|那边|这边|"
    "那里|这里|那儿|这儿|周围|交叉口|交汇处|十字路口|丁字路口|往东|往西|往南|往北|东侧|西侧|南侧|北侧"
)
_ASIDE = re.compile(f"(?:的)?(?:{_PLACE_ASIDE})(?=$|[有的发打吵出被着两几一]|{_PLACE_ASIDE})")
_SPOKEN = re.compile(
    r"^(?:喂|你好|您好|我们|我家|家住|我|现在|这里是|这是|那个|嗯|呃|啊|地址|位置|位于|住在|在|住|靠近)+"
)
_BREAK = re.compile(r"[\s,，。.;；:：!！?？、/|()（）\[\]【】\"“”'‘’]+")
_JOINT = re.compile(r"(?<=[路街道巷弄村])(?:和(?![谐平睦顺美])|与|跟|同(?![心德]))(?=.{2,})")

_ADMIN = re.compile(
    r"^(?:(?P<province>[^\d\s市县区镇乡]{2,8}?(?:省|自治区))"
    r"|(?P<city>[^\d\s县区镇乡]{2,8}?(?:市(?![场村民政里委])|自治州|地区|盟))"
    r"|(?P<county>[^\d\s镇乡]{2,9}?(?:县|(?<![小社园景校矿])区|旗)(?![政医中小路街道委人第]))"
    r"|(?P<town>[^\d\s]{1,10}?(?:街道办事处|街道|[镇乡](?![政卫中小人派第]))))"
)
_VILLAGE = re.compile(
    r"^(?P<village>[^\d\s]{1,10}?(?:行政村|自然村|社区|村(?![委口民路道街部卫])))"
    r"(?P<rest>[^\d].*[路街巷弄道].*)$"
)

_GROUP = re.compile(r"第?(\d{1,3})(?:村民)?(?:小组|组|队|社)(?!区)")
_BUILDING = re.compile(r"(\d{1,4})(?:号楼|栋|幢|座|#楼?)")
_UNIT = re.compile(r"(\d{1,3})单元")
_ROOM = re.compile(r"\d{1,5}室?")
_NUMBER = re.compile(r"(\d{1,5})(?:-(\d{1,4}))?(?:号院?|弄|#|(?![\d一-鿿a-z]))(?:附(\d{1,4})号?)?")
_LATIN_END = re.compile(r"^(?P<letters>[a-z ']+?)\s*(?:(?P<number>\d{1,5})(?:-(?P<sub>\d{1,4}))?\s*(?:h(?:ao)?|号)?)?$")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parts of an address as heard. ``hints`` are divisions and other words that help to choose, not to find."""

    name: str
    hints: tuple[str, ...] = ()
    number: int | None = None
    sub: int | None = None
    building: int | None = None
    unit: int | None = None
    group: int | None = None
    crossing: str = ""
    aside: bool = False
    latin: bool = False
    town: str = ""
    village: str = ""
    typing: bool = False
    """The text ends in a digit: more digits may follow."""

    @property
    def has_number(self) -> bool:
        return self.number is not None or self.building is not None


def normal(text: str) -> str:
    """One spelling: half-width, lower case, Arabic digits before 号 and its like, one kind of dash."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("號", "号").replace("门牌", "")
    plain = "".join(ch for ch in plain if unicodedata.category(ch)[0] != "C" or ch in "\t\n")
    plain = _CHINESE_NUMBER.sub(lambda found: str(_value(found[1])), plain)
    return _DASH.sub("-", plain).strip()


def _value(numeral: str) -> int:
    """三 → 3, 十二 → 12, 二十 → 20, 一百零五 → 105, 一二 → 12 (read digit by digit)."""
    if not {"十", "百"}.intersection(numeral):
        return int("".join(str(_DIGITS[ch]) for ch in numeral))
    total, digit = 0, 0
    for ch in numeral:
        if ch in "十百":
            total += (digit or (1 if ch == "十" else 0)) * (10 if ch == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[ch]
    return total + digit


def parse(text: str) -> Parsed:
    """The parts of what was heard or typed; any text gives an answer, at worst a bare ``name``."""
    plain = normal(text)
    typing = plain[-1:].isdigit()
    if plain and plain.isascii():
        return replace(_parse_latin(plain), typing=typing)
    words = [word for word in _BREAK.split(_glued(plain)) if word]
    first, rest = (words[0], words[1:]) if words else ("", [])
    first = _SPOKEN.sub("", first) or first
    without_aside = _ASIDE.sub(" ", first).split()
    aside = bool(first) and without_aside != [first]
    first, rest = (without_aside[0], without_aside[1:] + rest) if without_aside else (first, rest)
    first, *others = _JOINT.split(first, maxsplit=1)
    return replace(_parse_parts(first, others[0] if others else "", rest, aside), typing=typing)


_APART = re.compile(r"(?<=[一-鿿])\s+(?=[一-鿿])")


def readings(text: str) -> tuple[Parsed, ...]:
    """How a text may be meant: parted where its spaces are, and as one word into which a space was typed (桃 花村)."""
    return tuple(dict.fromkeys((parse(text), parse(_APART.sub("", normal(text))))))


def _glued(text: str) -> str:
    """Spaces between a name and its number, or inside Chinese words, are typing, not a break."""
    return re.sub(
        r"(?<=[一-鿿])\s+(?=\d)|(?<=\d)\s+(?=(?:号|组|栋|幢|单元|弄|-))|(?<=[路街道巷镇乡村县区市])\s+(?=[一-鿿])",
        "",
        text,
    )


def _parse_parts(first: str, crossing: str, rest: Sequence[str], aside: bool) -> Parsed:
    hints, town, body = _without_admin(first)
    village = ""
    found = _VILLAGE.match(body)
    if found:
        village, body = found["village"], found["rest"]
        hints.append(village)
    name, parts, tail = _numbers(body)
    if not name and tail:  # 1号桥: the number is part of the name
        name, parts, tail = body, {}, ""
    hints += [word for word in (tail, *rest) if word and not _ROOM.fullmatch(word)]
    cross = _numbers(crossing)[0]
    return Parsed(
        name,
        tuple(hints),
        number=parts.get("number"),
        sub=parts.get("sub"),
        building=parts.get("building"),
        unit=parts.get("unit"),
        group=parts.get("group"),
        crossing=cross,
        aside=aside,
        town=town,
        village=village,
    )


def _without_admin(text: str) -> tuple[list[str], str, str]:
    hints, town, body = [], "", text
    while found := _ADMIN.match(body):
        if found.end() == len(body):
            break  # only the division was said: that is the place itself
        hints.append(found[0])
        town = found["town"] or town
        body = body[found.end() :]
    return hints, town, body


def _numbers(text: str) -> tuple[str, dict[str, int | None], str]:
    """Name, numbers and what follows them. ``12号楼3单元`` is a building; ``3组12号`` a house in a group."""
    parts: dict[str, int | None] = {}
    name_end = tail_start = None
    for key, pattern in (("group", _GROUP), ("building", _BUILDING), ("unit", _UNIT)):
        found = pattern.search(text)
        if found:
            parts[key] = int(found[1])
            name_end = found.start() if name_end is None else min(name_end, found.start())
            tail_start = max(tail_start or 0, found.end())
            text = text[: found.start()] + "\x00" * len(found[0]) + text[found.end() :]
    found = _NUMBER.search(text)
    if found:
        parts["number"] = int(found[1])
        behind = found[2] or found[3]
        parts["sub"] = int(behind) if behind else None
        name_end = found.start() if name_end is None else min(name_end, found.start())
        tail_start = max(tail_start or 0, found.end())
    if "building" in parts and parts.get("number") is not None and text.find("\x00") < (found.start() if found else 0):
        parts["number"] = parts["sub"] = None  # 3栋201: the number behind a building is a flat
    name = text[:name_end].replace("\x00", "").strip("-的").removesuffix("第")
    tail = (text[tail_start:] if tail_start else "").replace("\x00", "").strip("-的 ")
    return name, parts, tail


def _parse_latin(plain: str) -> Parsed:
    found = _LATIN_END.match(plain)
    if not found:
        return Parsed(re.sub(r"[^a-z0-9]", "", plain) or plain, latin=True)
    letters = re.sub(r"[ ']", "", found["letters"])
    number, sub = found["number"], found["sub"]
    return Parsed(letters, latin=True, number=int(number) if number else None, sub=int(sub) if sub else None)


def grams(text: str) -> list[str]:
    """Pairs of neighbouring characters, each once, in order; a single character is its own gram."""
    plain = re.sub(r"\s+", "", normal(text))
    if len(plain) < 2:
        return [plain] if plain else []
    return list(dict.fromkeys(plain[at : at + 2] for at in range(len(plain) - 1)))


_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("v", "u"))


def folded(letters: str) -> str:
    """Pinyin letters with the pairs made one that callers and typists do not tell apart."""
    for one, other in _FOLDS:
        letters = letters.replace(one, other)
    return letters


@lru_cache(maxsize=20_000)
def sound(text: str) -> str:
    """How a name sounds: pinyin without tones and spaces, folded. Latin letters stand for themselves."""
    return folded("".join(pypinyin.lazy_pinyin(normal(text), style=pypinyin.Style.NORMAL)).replace(" ", ""))


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """First letters of a name's syllables (ndj for 南大街)."""
    return "".join(
        syllable[0] for syllable in pypinyin.lazy_pinyin(normal(text), style=pypinyin.Style.NORMAL) if syllable.strip()
    )


def likeness(heard: str, name: str, name_sound: str = "") -> tuple[float, str]:
    """How well a stored name answers what was heard, 0 to 1, and by what: exact, begins, within, holds, sound, letters.

    ``name_sound`` is the stored sound of the name; left out it is made here, which takes longer.
    """
    if heard == name:
        return 1.0, "exact"
    bare_heard, bare_name = _bare(heard), _bare(name)
    if bare_heard == bare_name:
        return 0.97, "exact"
    if name.startswith(heard):
        return 0.80 + 0.15 * len(heard) / len(name), "begins"
    own_sound, name_sound = sound(heard), name_sound or sound(name)
    if own_sound == name_sound:
        return 0.86, "sound"
    if len(heard) > 1 and heard in name:
        return 0.70 + 0.20 * len(heard) / len(name), "holds"
    if len(name) > 1 and name in heard:
        return 0.60 + 0.25 * len(name) / len(heard), "within"
    return max(_by_letters(own_sound, name_sound), _by_grams(heard, name), key=lambda pair: pair[0])


def likeness_latin(letters: str, name_sound: str, name_initials: str) -> tuple[float, str]:
    """The same for typed pinyin: whole, begun, or first letters only."""
    heard = folded(letters)
    if heard == name_sound:
        return 0.95, "sound"
    if name_initials == letters:
        return 0.90, "initials"
    if name_sound.startswith(heard):
        return 0.70 + 0.2 * len(heard) / len(name_sound), "sound"
    if name_initials.startswith(letters):
        return 0.60 + 0.2 * len(letters) / len(name_initials), "initials"
    return 0.0, ""


def _by_letters(own: str, other: str) -> tuple[float, str]:
    if own and other.startswith(own):
        return 0.62 + 0.2 * len(own) / len(other), "sound"
    return 0.0, ""


def _by_grams(heard: str, name: str) -> tuple[float, str]:
    own, other = set(grams(heard)), set(grams(name))
    if not own or not other:
        return 0.0, ""
    shared = len(own & other)
    return 0.85 * 2.0 * shared / (len(own) + len(other)), "letters"


_GENERIC = ("社区居委会", "村民委员会", "居委会", "村委会", "行政村", "自然村", "社区", "小区", "村")


def _bare(name: str) -> str:
    """The name without the word that says what kind of place it is."""
    for generic in _GENERIC:
        if name.endswith(generic) and len(name) > len(generic) + 1:
            return name[: -len(generic)]
    return name


@dataclass(frozen=True, slots=True)
class Numbered:
    """A house of a road that has a number and a point."""

    number: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Between:
    """A point reckoned from the neighbours: between two of them, or at the only one that is near."""

    lon: float
    lat: float
    lower: int
    upper: int

    @property
    def words(self) -> tuple[str, str]:
        if self.lower == self.upper:
            return f"没有此号，取最近的{self.lower}号", f"no such number: the nearest is {self.lower}"
        return f"插值：在{self.lower}号与{self.upper}号之间", f"interpolated between {self.lower} and {self.upper}"


def interpolated(houses: Iterable[Numbered], number: int, *, reach: int = 60) -> Between | None:
    """Where a missing house number must be: between its nearest neighbours on the same side of the road.

    Odd and even numbers face each other, so the same parity is asked first, then both. With a neighbour on one side
    only, that house itself; ``None`` when nothing within ``reach`` numbers is known.
    """
    known = sorted(houses, key=lambda house: house.number)
    for side in ([h for h in known if h.number % 2 == number % 2], known):
        lower = max((h for h in side if h.number < number), key=lambda h: h.number, default=None)
        upper = min((h for h in side if h.number > number), key=lambda h: h.number, default=None)
        if lower and upper and upper.number - lower.number <= 2 * reach and _one_road(lower, upper):
            share = (number - lower.number) / (upper.number - lower.number)
            lon = lower.lon + share * (upper.lon - lower.lon)
            lat = lower.lat + share * (upper.lat - lower.lat)
            return Between(lon, lat, lower.number, upper.number)
    nearest = min(known, key=lambda h: (abs(h.number - number), h.number), default=None)
    if nearest is None or abs(nearest.number - number) > reach:
        return None
    return Between(nearest.lon, nearest.lat, nearest.number, nearest.number)


def _one_road(lower: Numbered, upper: Numbered) -> bool:
    """Whether two numbers stand as near each other as houses of one road do: 100 m a number at most, 3 km in all."""
    gap_m = distance_m(lower.lon, lower.lat, upper.lon, upper.lat)
    return gap_m <= min(3_000.0, 200.0 + 100.0 * (upper.number - lower.number))
