"""What a card looks like, what makes an old one stale, how its codes are made. Pure."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps
from shapely.geometry.base import BaseGeometry

from linli.kernel.words import Words

LAYOUTS: dict[str, Words] = {
    "plain": Words("简洁", "plain"),
    "portrait": Words("带照片", "with a photograph"),
    "large": Words("大字", "large print"),
}
"""The shapes that come with the house; all the same size, 90 × 54 mm, ten on a sheet."""
SHEET_CARDS = 10
NEVER = Words(
    "警察不会向您要钱，也不会要验证码和密码。",
    "Police never ask you for money, for codes or for passwords.",
)
DANGER = Words("遇到危险请拨110。", "In danger call 110.")
DEFAULT_CALL_FOR = "邻里纠纷、可疑情况、防骗咨询、办证指引、生活中的难处"

OUTCOMES: dict[str, Words] = {
    "handed": Words("当面交给", "handed over"),
    "left": Words("投进信箱", "left in the letter box"),
    "absent": Words("家中没人", "nobody in"),
    "declined": Words("不需要", "not wanted"),
    "gone": Words("已无此门", "no such door any more"),
}
DONE = ("handed", "left", "declined", "gone")
"""What needs no second walk; nobody in does."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without signs that are mistaken for each other when somebody types a code from a card."""
CODE_SIGNS = 16
"""31 to the 16th, 79 bits: found by nobody who has not held the card."""

CHANGED: dict[str, Words] = {
    "officer": Words("民警已更换", "another officer"),
    "room": Words("警务室已变更", "another room"),
    "phone": Words("电话已变更", "another telephone"),
    "hours": Words("接待时间已变更", "other hours"),
    "design": Words("式样已停用", "the design was ended"),
}
"""Why a printed card no longer says what is true."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a card says about who is there: every value as printed."""

    officer: str
    room: str
    phone: str
    hours: str


def code_from(noise: bytes) -> str:
    """A code of ``CODE_SIGNS`` signs from at least 16 bytes of noise."""
    number = int.from_bytes(hashlib.sha256(noise).digest(), "big")
    signs = []
    for _ in range(CODE_SIGNS):
        number, left = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[left])
    return "".join(signs)


def stale_because(printed: Printed, now: Printed, *, design_ended: bool = False) -> list[str]:
    """Codes of ``CHANGED`` for what a card printed as ``printed`` says wrongly today."""
    found = [name for name in ("officer", "room", "phone", "hours") if getattr(printed, name) != getattr(now, name)]
    return [*found, "design"] if design_ended else found


def sheets_for(cards: int) -> int:
    """How many A4 sheets these cards take."""
    return -(-cards // SHEET_CARDS)


def walked(doors: Iterable[tuple[str, tuple[object, ...]]]) -> list[str]:
    """Ids in the order in which one walks: by the key that puts a street's numbers after each other."""
    return [key for key, _ in sorted(doors, key=lambda one: one[1])]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A small map: the outline as an SVG path and points by id, in a box of ``width`` × ``height``."""

    width: int
    height: int
    outline: str
    points: Mapping[str, tuple[float, float]]


def drawn(shape: BaseGeometry, spots: Mapping[str, tuple[float, float]], *, width: int = 640) -> Drawn:
    """Draw a grid (WGS-84) and points in it: longitudes shortened by the cosine of the latitude, north above."""
    west, south, east, north = shape.bounds
    pad = max(east - west, north - south, 1e-6) * 0.04
    west, south, east, north = west - pad, south - pad, east + pad, north + pad
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = width / ((east - west) * squeeze)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * squeeze * scale, 1), round((north - lat) * scale, 1)

    rings = [list(part.exterior.coords) for part in getattr(shape, "geoms", [shape])]
    outline = " ".join(
        "M" + "L".join(f"{x},{y}" for x, y in (at(point[0], point[1]) for point in ring)) + "Z" for ring in rings
    )
    return Drawn(width, round((north - south) * scale), outline, {key: at(*spot) for key, spot in spots.items()})


_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK, _DAY_MINUTES = 7, 1440


def hours_words(spans: Iterable[tuple[int, int, int]]) -> Words:
    """(weekday, from minute, until minute) rows as a card says them: neighbouring days with the same span together."""
    by_span: dict[tuple[int, int], list[int]] = {}
    for day, start, end in sorted(spans):
        by_span.setdefault((start, end), []).append(day)
    zh, en = [], []
    for (start, end), days in by_span.items():
        for first, last in _runs(days):
            zh.append(f"{_named(_DAYS_ZH, first, last, '每天', '至')} {_span(start, end, '24小时')}")
            en.append(f"{_named(_DAYS_EN, first, last, 'daily', '–')} {_span(start, end, '24 hours')}")
    return Words("；".join(zh), "; ".join(en))


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _named(names: Sequence[str], first: int, last: int, whole: str, between: str) -> str:
    if last - first == _WEEK - 1:
        return whole
    return names[first] if first == last else f"{names[first]}{between}{names[last]}"


def _span(start: int, end: int, whole: str) -> str:
    if end - start == _DAY_MINUTES:
        return whole
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60 % 24:02d}:{end % 60:02d}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a design brings to a card."""

    layout: str
    title: str
    call_for: str
    supervision_phone: str


def sheet_facts(
    look: Look, said: Printed, *, grid: str, qr_svg: str, cards: int, photo: bytes = b"", photo_format: str = "jpg"
) -> dict[str, object]:
    """The facts of ``visits/data/cards.typ``: every text ready to be read, the QR as SVG, the photograph as numbers."""
    return {
        "layout": look.layout,
        "title": look.title,
        "room": said.room,
        "officer": said.officer,
        "phone": said.phone,
        "hours": said.hours,
        "grid": grid,
        "supervision": look.supervision_phone,
        "call_for": look.call_for,
        "never": NEVER.zh,
        "danger": DANGER.zh,
        "qr": qr_svg,
        "photo": list(photo),
        "photo_format": photo_format,
        "sheets": sheets_for(cards),
        "words": {
            "officer": "社区民警",
            "nobody": "（警务室值班民警）",
            "phone": "电话",
            "hours": "接待",
            "grid": "警格",
            "supervision": "监督电话",
            "call_for": "有事找我：",
            "scan": "扫码看今天谁负责",
        },
    }


PHOTO_SIZE = (240, 320)
PHOTO_QUALITY = 80
_MOST_PIXELS = 60_000_000


def portrait(body: bytes) -> bytes | None:
    """A photograph of whatever size as a small upright JPEG without metadata; None when it is no picture."""
    try:
        with Image.open(io.BytesIO(body)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            small = ImageOps.fit(upright, PHOTO_SIZE, centering=(0.5, 0.3))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    small.save(out, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return out.getvalue()
