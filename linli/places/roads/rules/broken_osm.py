"""Where exactly a file of OpenStreetMap data is broken, so that somebody can look at the place."""

from __future__ import annotations

import bz2
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from linli.kernel.late import late

if TYPE_CHECKING:
    import osmium
else:
    osmium = late("osmium")


_CHUNK = 1 << 16
_BLOB_HEADER_MAX = 64 * 1024
_BLOB_MAX = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """``byte``: offset in the (unpacked) text, or of the broken block of a .pbf; ``line`` 0 where there are no lines;
    ``way``: the last way that was read before it, 0 when none."""

    byte: int
    line: int
    way: int
    what: str


def find_fault(path: Path) -> Fault | None:
    """Read the file once more, slowly, and say where it breaks; None when it reads well."""
    if path.name.endswith(".pbf"):
        return _in_pbf(path)
    return _in_xml(path)


def _in_xml(path: Path) -> Fault | None:
    way = 0
    problems: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal way
        problem = _bad_attribute(name, attributes)
        if problem:
            problems.append(problem)
            raise ValueError(problem)
        if name == "way":
            way = int(attributes["id"])

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        with _unpacked(path) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        return Fault(parser.ErrorByteIndex, error.lineno, way, what)
    except (OSError, EOFError, zlib.error) as error:
        return Fault(max(parser.CurrentByteIndex, 0), parser.CurrentLineNumber, way, str(error))
    except ValueError:
        return Fault(parser.CurrentByteIndex, parser.CurrentLineNumber, way, problems[-1])
    return None


def _bad_attribute(name: str, attributes: dict[str, str]) -> str | None:
    """What is wrong with an element's numbers, if anything."""
    wanted = {"node": ("id", "lat", "lon"), "way": ("id",), "relation": ("id",), "nd": ("ref",), "member": ("ref",)}
    for attribute in wanted.get(name, ()):
        text = attributes.get(attribute)
        if text is None and attribute in {"lat", "lon"}:  # a deleted node has no place
            continue
        try:
            number = float(text or "")
        except ValueError:
            return f"<{name}> {attribute}={text!r}"
        if attribute not in {"lat", "lon"} and not float(number).is_integer():
            return f"<{name}> {attribute}={text!r}"
    return None


def _unpacked(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]  # GzipFile reads like a BinaryIO
    if path.suffix == ".bz2":
        return bz2.open(path, "rb")  # type: ignore[return-value]  # BZ2File too
    return path.open("rb")


def _in_pbf(path: Path) -> Fault | None:
    with path.open("rb") as file:
        while True:
            at = file.tell()
            what = _broken_block(file)
            if what == "":
                return None
            if what is not None:
                return Fault(at, 0, _last_way(path), what)


def _broken_block(file: BinaryIO) -> str | None:
    """Read one block of a .pbf. None: it is whole; an empty text: the file ends here, as it should."""
    size = file.read(4)
    if not size:
        return ""
    header_size = int.from_bytes(size, "big")
    if len(size) < 4 or header_size > _BLOB_HEADER_MAX:
        return "no block header"
    fields = _fields(file.read(header_size))
    body_size = fields.get(3)
    if not isinstance(body_size, int) or body_size > _BLOB_MAX:
        return "block header unreadable"
    body = file.read(body_size)
    if len(body) < body_size:
        return f"file ends {body_size - len(body)} bytes too early"
    packed = _fields(body).get(3)
    if isinstance(packed, bytes):
        try:
            zlib.decompress(packed)
        except zlib.error as error:
            return str(error)
    return None


def _fields(message: bytes) -> dict[int, int | bytes]:
    """The top fields of a protocol buffer; stops quietly where it makes no sense."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            found[number], at = _varint(message, at)
        elif wire == 2:
            size, at = _varint(message, at)
            found[number] = message[at : at + size]
            at += size
        else:
            break
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    return value, at


def _last_way(path: Path) -> int:
    way = 0
    try:
        for thing in osmium.FileProcessor(str(path), osmium.osm.WAY):
            way = thing.id
    except (RuntimeError, ValueError):
        return way
    return way
