"""Word and Excel: their text alone, as it stands on the page. Authors, companies, comments, changes, pictures, macros
and links stay behind.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from linli.works.cleaning.rules.plain import MOST_SIGNS, as_text
from linli.works.cleaning.rules.told import Cleaned, broken, huge, not_taken

_MOST_PARTS = 2_000
_MOST_UNPACKED = 40_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MACROS = ("vbaproject.bin", "vbadata.xml", "activex", "oleobject", "embeddings/")


def from_archive(body: bytes) -> Cleaned:
    """The text of a DOCX or XLSX; other archives, and those with macros or objects inside, are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = _checked(archive)
            if "word/document.xml" in names:
                return as_text(_word(_read(archive, "word/document.xml")))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as failed:
        raise broken() from failed
    if "xl/workbook.xml" not in names:
        raise not_taken()
    return as_text(_sheets(body))


def _checked(archive: zipfile.ZipFile) -> set[str]:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise huge()
    names = {part.filename for part in parts}
    if len(names) < len(parts) or any(part.flag_bits & 0x1 for part in parts):
        # Two parts of one name are read differently by different programs; what is encrypted cannot be read at all.
        raise broken()
    if any(word in name.lower() for name in names for word in _MACROS):
        raise not_taken()
    unpacked = 0
    for part in parts:
        # What the list of contents says may be a lie: every part is unpacked and measured before anybody else does it.
        with archive.open(part) as held:
            while piece := held.read(1_000_000):
                unpacked += len(piece)
                if unpacked > _MOST_UNPACKED:
                    raise huge()
    return names


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as held:
        return held.read(_MOST_UNPACKED)


def _word(raw: bytes) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as failed:
        raise broken() from failed
    if "<!DOCTYPE" in raw[:2_000].decode(errors="replace").upper():
        raise broken()
    pieces: list[str] = []
    for node in root.iter():
        if node.tag == f"{_WORD}t" and not any(
            up.tag in (f"{_WORD}del", f"{_WORD}moveFrom") for up in node.iterancestors()
        ):
            pieces.append(node.text or "")
        elif node.tag == f"{_WORD}tab":
            pieces.append("\t")
        elif node.tag in (f"{_WORD}p", f"{_WORD}br"):
            pieces.append("\n")
    return "".join(pieces)


def _sheets(body: bytes) -> str:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        lines: list[str] = []
        for name in book.sheet_names:
            lines.append(name)
            for row in book.get_sheet_by_name(name).iter_rows():
                lines.append("\t".join(str(cell) for cell in row))
                if len(lines) > MOST_SIGNS:
                    raise huge()
    except (CalamineError, ValueError, OSError, RuntimeError) as failed:
        raise broken() from failed
    return "\n".join(lines)
