"""The same workbook back: its sheets, formats, pictures and formulas as they were, wrong cells coloured and noted.

A workbook is a zip of parts. Only those that must change are written anew: the rows that are wrong, the styles (one
red fill for each style that a wrong cell has), the notes, and the list of sheets with one more. Everything else passes
byte for byte. The sheet is never held as a whole: a file of 150,000 rows is rewritten piece by piece.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from linli.works.tables.returned.notes import Notes, letters
from linli.works.tables.returned.parts import MAIN, OFFICE, Book, Styles
from linli.works.tables.returned.problems import problems_sheet
from linli.works.tables.rules.columns import Fault
from linli.works.tables.rules.planning import Sheet

_PIECE = 1 << 20
_ROW = re.compile(rb"<(\w+:)?row\b([^>]*?)(/?)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_AFTER_NOTES = frozenset(
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"]
)
Wrong = dict[int, dict[int, str]]
"""Sheet row → column from 0 → what is wrong there."""


def marked_copy(path: Path, target: Path, sheet: Sheet, faults: list[Fault]) -> None:
    """Write the copy of an .xlsx workbook."""
    wrong = _wrong(sheet, faults)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as out:
        book = Book(source)
        part = book.sheet_named(sheet.sheet)
        styles, notes = Styles(book), Notes(book, part)
        with source.open(part) as given, out.open(part, "w", force_zip64=True) as written:
            for piece in _Marker(styles, notes, wrong).pieces(given):
                written.write(piece)
        notes.finish()
        styles.finish()
        book.add_sheet(problems_sheet(sheet, faults))
        for entry in source.infolist():
            if entry.filename != part:
                body = book.changed.pop(entry.filename, None)
                out.writestr(entry.filename, body if body is not None else source.read(entry))
        for name, body in book.changed.items():
            out.writestr(name, body)


def _wrong(sheet: Sheet, faults: list[Fault]) -> Wrong:
    wrong: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for fault in faults:
        at = sheet.places.get(fault.column, min(sheet.places.values(), default=0))
        said = f"{fault.words.zh}\n{fault.words.en}"
        before = wrong[fault.row].get(at)
        wrong[fault.row][at] = f"{before}\n{said}" if before else said
    return dict(wrong)


class _Marker:
    """The XML of a sheet, row by row."""

    def __init__(self, styles: Styles, notes: Notes, wrong: Wrong) -> None:
        self._styles, self._notes, self._wrong = styles, notes, wrong
        self._root = b""
        self._row = 0

    def pieces(self, given: IO[bytes]) -> Iterator[bytes]:
        """The sheet as it goes out."""
        held, in_rows = b"", False
        while piece := given.read(_PIECE):
            held += piece
            if not in_rows:
                start = re.search(rb"<(\w+:)?sheetData\b[^>]*>", held)
                if start is None:
                    continue
                self._root = _root_tag(held)
                yield held[: start.end()]
                held, in_rows = held[start.end() :], not start.group(0).endswith(b"/>")
            end = max(held.rfind(b"row>") + 4, 0) if b"row>" in held else 0
            if end and in_rows:
                yield b"".join(self._rows(held[:end]))
                held = held[end:]
        yield from self._tail(held)

    def _rows(self, text: bytes) -> Iterator[bytes]:
        done = 0
        for found in _ROW.finditer(text):
            number = _NUMBER.search(found.group(2))
            self._row = int(number.group(1)) if number else self._row + 1
            wrong = self._wrong.get(self._row)
            if wrong is None:
                continue
            close = b"</" + (found.group(1) or b"") + b"row>"
            end = found.end() if found.group(3) else text.index(close, found.end()) + len(close)
            yield text[done : found.start()]
            yield self._marked(text[found.start() : end], wrong)
            done = end
        yield text[done:]

    def _marked(self, row: bytes, wrong: dict[int, str]) -> bytes:
        whole = etree.fromstring(self._root + row + _closing(self._root), _parser())
        element = whole[0]
        cells = {_place(cell, at): cell for at, cell in enumerate(element)}
        for at, said in sorted(wrong.items()):
            cell = cells.get(at)
            if cell is None:
                cell = etree.Element(f"{{{MAIN}}}c", r=f"{letters(at)}{self._row}")
                before = sum(1 for place in cells if place < at)
                element.insert(before, cell)
                cells[at] = cell
            cell.set("s", str(self._styles.red(int(cell.get("s", element.get("s", "0"))))))
            self._notes.add(self._row, at, said)
        etree.cleanup_namespaces(whole)
        return _inner(etree.tostring(whole, encoding="UTF-8"))

    def _tail(self, tail: bytes) -> Iterator[bytes]:
        """What follows the rows, with the drawing of the notes in its place."""
        split = re.search(rb"</(\w+:)?sheetData>", tail)
        at = split.end() if split else 0
        yield b"".join(self._rows(tail[: split.start()])) + tail[split.start() : at] if split else b""
        rest = tail[at:]
        if not self._notes.any or self._notes.drawn_before:
            yield rest
            return
        whole = etree.fromstring(self._root + rest, _parser())
        drawing = etree.Element(f"{{{MAIN}}}legacyDrawing")
        drawing.set(f"{{{OFFICE}}}id", self._notes.drawing_id)
        later = [child for child in whole if etree.QName(child).localname in _AFTER_NOTES]
        whole.insert(whole.index(later[0]) if later else len(whole), drawing)
        yield _inner(etree.tostring(whole, encoding="UTF-8"), keep_end=True)


def _root_tag(text: bytes) -> bytes:
    found = re.search(rb"<(\w+:)?worksheet\b[^>]*>", text)
    return found.group(0) if found else b"<worksheet>"


def _closing(root: bytes) -> bytes:
    return b"</" + root[1:].split()[0].rstrip(b">") + b">"


def _inner(text: bytes, *, keep_end: bool = False) -> bytes:
    """What stands inside the root element of a serialised fragment."""
    start = text.index(b">", text.index(b"worksheet")) + 1
    return text[start:] if keep_end else text[start : text.rindex(b"</")]


def _place(cell: etree._Element, at: int) -> int:
    """The column of a cell from 0: by its reference, else by its place in the row."""
    reference = cell.get("r")
    if not reference:
        return at
    total = 0
    for letter in reference:
        if letter.isdigit():
            break
        total = total * 26 + ord(letter) - 64
    return total - 1


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
