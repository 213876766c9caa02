"""Workbooks that are not what they seem: refused before a reader unpacks them.

A workbook is a zip of XML. A few kilobytes may unpack to gigabytes, a single far cell may make a reader lay out
seventeen thousand million cells, and macros are programs: none of it is read.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO

from linli.kernel.errors import Invalid, declare

declare(
    "table.macros", zh="{file}含有宏，请另存为不含宏的.xlsx再导入", en="{file} holds macros: save it as .xlsx without"
)
declare("table.bomb", zh="{file}展开后过大（{what}），不予读取", en="{file} unpacks to too much ({what}): not read")

MOST_BYTES = 1_200_000_000
MOST_TEXTS_BYTES = 300_000_000
MOST_CELLS = 12_000_000
_PIECE = 1 << 20
_FAR = re.compile(rb'<c r="([A-Z]{3}|[C-Z][A-Z])(\d+)"[^>/]*>')
_CELL = re.compile(rb'<c r="([A-Z]{1,2})\d+"[^>/]*>')
_ROW = re.compile(rb'<row [^>]*?r="(\d+)"')


def refuse_bombs(path: Path) -> None:
    """Raises ``Invalid`` for a zipped workbook with macros, or one that unpacks to more than a register can hold."""
    if not zipfile.is_zipfile(path):
        return  # .xls is no zip, and what else is none its reader refuses
    try:
        with zipfile.ZipFile(path) as book:
            for entry in book.infolist():
                if entry.filename.lower().endswith("vbaproject.bin"):
                    raise Invalid("table.macros", file=str(path))
            unpacked = 0
            for entry in book.infolist():
                unpacked = _measured(book, entry, unpacked, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as fault:
        raise Invalid("table.file", file=str(path), why=str(fault) or "not a workbook") from fault


def _measured(book: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacked: int, path: Path) -> int:
    """The bytes unpacked so far. What the directory of the zip says about lengths is not believed."""
    texts = entry.filename.lower().endswith("sharedstrings.xml")
    sheet = "/worksheets/sheet" in entry.filename.lower()
    own, widest, last, rest = 0, 1, 1, b""  # how wide: by the first rows, and by any cell beyond column 78
    entry.file_size = max(entry.file_size, MOST_BYTES)  # read to the true end, not to the one that is claimed
    with book.open(entry) as source:
        while piece := _piece(source):
            own += len(piece)
            if unpacked + own > MOST_BYTES or (texts and own > MOST_TEXTS_BYTES):
                raise Invalid("table.bomb", file=str(path), what=entry.filename)
            if sheet:
                rest += piece
                near = _CELL.findall(rest) if own <= 2 * _PIECE else ()
                far = (found for found, _ in _FAR.findall(rest))
                widest = max(widest, *(_number(found) for found in {*near, *far}), 1)
                rows = _ROW.findall(rest)
                last = int(rows[-1]) if rows else last
                if widest * last > MOST_CELLS:
                    raise Invalid("table.bomb", file=str(path), what=f"{last} × {widest}")
                rest = rest[-200:]
    return unpacked + own


def _piece(source: IO[bytes]) -> bytes:
    try:
        return source.read(_PIECE)
    except EOFError:
        return b""


def _number(letters: bytes) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total
