"""A warning as CAP 1.2 (OASIS), and the feed of warnings as Atom (RFC 4287). Pure: text in, XML out.

CAP wants times with an offset in figures (never ``Z``), identifiers without spaces, commas, ``<`` and ``&``, polygons
as ``latitude,longitude`` pairs that close.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from linli.kernel import clock
from linli.outreach.alerts.rules.declared import EVENTS, Said

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
_TOLERANCE_DEG = 0.0002
"""About 20 m: boundaries of grids follow walls, a warning need not."""
_FEWEST_POINTS = 4


@dataclass(frozen=True, slots=True)
class Area:
    """Where it is for: in words, the agency's code, and polygons as ``polygons_of`` writes them."""

    words: str
    code: str
    polygons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One CAP message. ``references`` names the message that this one cancels, as sender, identifier and time."""

    identifier: str
    sender: str
    sender_name: str
    sent_at: datetime
    said: Said
    expires_at: datetime
    areas: tuple[Area, ...]
    web: str = ""
    references: str = ""
    note: str = ""

    @property
    def kind(self) -> str:
        return "Cancel" if self.references else "Alert"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the feed."""

    key: str
    title: str
    summary: str
    at: datetime
    href: str
    page: str


def moment(at: datetime) -> str:
    """A time as CAP writes it, in Asia/Shanghai."""
    return clock.shanghai(at).replace(microsecond=0).isoformat()


def reference(message: Message) -> str:
    """How a later message names this one."""
    return f"{message.sender},{message.identifier},{moment(message.sent_at)}"


def polygons_of(shape: BaseGeometry) -> tuple[str, ...]:
    """The outlines of a shape (WGS-84) as CAP writes them, simplified to about 20 m."""
    plain = shape.simplify(_TOLERANCE_DEG)
    parts = getattr(plain, "geoms", [plain])
    rings = [part.exterior.coords for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    return tuple(
        " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat, *_ in ring) for ring in rings if len(ring) >= _FEWEST_POINTS
    )


def cap_xml(message: Message) -> bytes:
    """The message as an XML document, elements in the order of the schema."""
    root = ET.Element("alert", {"xmlns": CAP})
    said = message.said
    plain = {
        "identifier": message.identifier,
        "sender": message.sender,
        "sent": moment(message.sent_at),
        "status": "Exercise" if said.drill else "Actual",
        "msgType": message.kind,
        "source": message.sender_name,
        "scope": "Public",
        "note": message.note,
        "references": message.references,
    }
    _fill(root, plain)
    _info(root, message, "zh-CN", said.headline, said.description, said.instruction)
    if said.headline_en:
        _info(root, message, "en", said.headline_en, said.description_en, said.instruction_en)
    return _document(root)


def _info(root: ET.Element, message: Message, language: str, headline: str, what: str, do: str) -> None:
    said, event = message.said, EVENTS[message.said.event]
    info = ET.SubElement(root, "info")
    _fill(
        info,
        {
            "language": language,
            "category": event.category,
            "event": event.words.en if language == "en" else event.words.zh,
            "responseType": "AllClear" if message.references else event.response,
            "urgency": "Past" if message.references else said.urgency,
            "severity": said.severity,
            "certainty": said.certainty,
            "expires": moment(message.expires_at),
            "senderName": message.sender_name,
            "headline": headline,
            "description": what,
            "instruction": do,
            "web": message.web,
        },
    )
    for area in message.areas:
        part = ET.SubElement(info, "area")
        _fill(part, {"areaDesc": area.words})
        for polygon in area.polygons:
            ET.SubElement(part, "polygon").text = polygon
        code = ET.SubElement(part, "geocode")
        _fill(code, {"valueName": "linli-agency", "value": area.code})


def atom_xml(*, title: str, address: str, at: datetime, author: str, entries: Iterable[Entry]) -> bytes:
    """The feed of what is in force or was just cancelled."""
    root = ET.Element("feed", {"xmlns": ATOM})
    _fill(root, {"id": address, "title": title, "updated": moment(at)})
    _fill(ET.SubElement(root, "author"), {"name": author})
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    for entry in entries:
        part = ET.SubElement(root, "entry")
        _fill(part, {"id": f"urn:uuid:{entry.key}", "title": entry.title, "updated": moment(entry.at)})
        ET.SubElement(part, "link", {"rel": "alternate", "type": CAP_TYPE, "href": entry.href})
        ET.SubElement(part, "link", {"rel": "related", "type": "text/html", "href": entry.page})
        _fill(part, {"summary": entry.summary})
    return _document(root)


def _fill(parent: ET.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        if value:
            ET.SubElement(parent, name).text = _printable(value)


def _printable(text: str) -> str:
    """Without the control characters that no XML document may hold."""
    return "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and not 0xD800 <= ord(sign) <= 0xDFFF))


def _document(root: ET.Element) -> bytes:
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def joined(areas: Sequence[str]) -> str:
    """Names of areas as one line."""
    return "、".join(areas)
