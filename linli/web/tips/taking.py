"""The form of a tip, as the giver's page and the counter share it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, fields
from typing import Any

from django.http import HttpRequest, QueryDict
from PIL import Image, ImageDraw, ImageFont

from linli.kernel.errors import Refusal
from linli.kernel.scope import system
from linli.org.agencies.models import Agency
from linli.tips.readers.queries import candidates
from linli.tips.readers.rules import AUDIENCES, CONCERNS
from linli.tips.receipts.queries import draw, keys_of, let_give
from linli.tips.receipts.rules import in_fours
from linli.tips.talk.acts import give_tip
from linli.tips.talk.acts.giving import Given
from linli.tips.talk.rules import LONGEST, MOST_FILES, PARTS, WHENS, Told
from linli.web.tips.uploads import made_anew
from linli.works.cleaning.rules import TAKEN

RESIDENT = system("residents' door")
MOST_ROOMS = 400
_NAMES = tuple(field.name for field in fields(Told))
_ONCE_SIGNS = 16


@dataclass(frozen=True, slots=True)
class Taken:
    """A tip that was taken: its receipt, and whether two people can read it."""

    receipt: str
    given: Given

    @property
    def in_fours(self) -> str:
        return in_fours(self.receipt)

    @property
    def picture(self) -> str:
        """The receipt as a picture to keep, in the address itself: no second request asks for it."""
        return "data:image/png;base64," + base64.b64encode(_drawn(self.in_fours)).decode()


def told_of(sent: QueryDict) -> Told:
    """What a form says; a place is chosen as ``room:CODE`` or ``station:CODE``."""
    values = {name: sent.get(name, "")[: LONGEST + 1] for name in _NAMES}
    kind, _, code = sent.get("place", "").partition(":")
    values |= {"room": code[:24] if kind == "room" else "", "station": code[:24] if kind == "station" else ""}
    values["audience"] = values["audience"] or "officer"
    return Told(**values)


def take_tip(request: HttpRequest, told: Told, once: str) -> Taken:
    """Take a form: files made anew, the receipt stretched, all before the transaction. Raises Refusal."""
    told.check()
    let_give()
    files = made_anew(request)
    receipt = draw(nonce=once, content=told.content())
    keys = keys_of(receipt)
    return Taken(receipt, give_tip(RESIDENT, keys=keys, told=told, files=files))


def is_once(once: str) -> bool:
    """Whether this is the secret of a form: without one a receipt could be guessed from its words."""
    return _ONCE_SIGNS <= len(once) <= 64


def places(chosen: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Stations with their rooms, to choose from; of very many the stations alone and the room that was chosen."""
    rows = Agency.objects.at_work().filter(kind__in=(*Agency.ROOM_KINDS, "station")).order_by("path")
    rooms = [row for row in rows if row.is_room]
    few = len(rooms) <= MOST_ROOMS
    found = []
    for station in (row for row in rows if not row.is_room):
        below = [
            (f"room:{row.code}", row.name)
            for row in rooms
            if row.path.startswith(station.path) and (few or f"room:{row.code}" == chosen)
        ]
        found.append((station.name, [(f"station:{station.code}", station.name), *below]))
    return found


def asked(values: dict[str, Any], *, once: str) -> dict[str, Any]:
    """The context of the form, with what was typed."""
    return {
        "values": values,
        "once": once,
        "places": places(str(values.get("place", ""))),
        "whens": WHENS.items(),
        "parts": PARTS.items(),
        "audiences": AUDIENCES.items(),
        "concerns": CONCERNS.items(),
        "most": LONGEST,
        "most_files": MOST_FILES,
        "taken": TAKEN,
        "closed": not candidates(),
    }


def faults(refusal: Refusal) -> dict[str, Any]:
    """A refusal for the page: its words."""
    return {"trouble": refusal.words}


def _drawn(words: str) -> bytes:
    first, second = words[:9], words[10:]
    sheet = Image.new("RGB", (720, 300), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(96)
    for row, line in enumerate((first, second)):
        pen.text((360, 90 + 120 * row), line, fill="black", font=font, anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()
