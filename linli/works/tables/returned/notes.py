"""Notes on cells: the part that holds their text, and the drawing that shows them."""

from __future__ import annotations

import re

from lxml import etree

from linli.works.tables.returned.parts import MAIN, Book

MOST_NOTED = 5_000
"""Cells with a note of their own: a workbook with many more opens slowly. All wrong cells are coloured, and the sheet
of problems lists every fault."""
_AUTHOR = "邻里"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="77"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    "</v:shapetype></xml>"
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:180pt;height:60pt;z-index:1;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left},15,{top},2,{right},31,{bottom},4</x:Anchor>"
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_FIRST_SHAPE = 78_900


def letters(at: int) -> str:
    """The letters of a column counted from 0."""
    text, rest = "", at + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(65 + digit) + text
    return text


class Notes:
    """The notes of one sheet; those that it has already stay."""

    def __init__(self, book: Book, sheet: str) -> None:
        self._book, self._sheet = book, sheet
        self._wrong: list[tuple[int, int, str]] = []
        self._drawn = book.related(sheet, "vmlDrawing")
        self._part = book.related(sheet, "comments")
        self._key = ""

    @property
    def any(self) -> bool:
        return bool(self._wrong)

    @property
    def drawn_before(self) -> bool:
        """Whether the sheet has a drawing for notes already."""
        return self._drawn is not None

    @property
    def drawing_id(self) -> str:
        """The relation by which the sheet names its new drawing."""
        if not self._key:
            self._drawn_part = "xl/drawings/linli_notes.vml"
            self._key = self._book.relate(self._sheet, "vmlDrawing", self._drawn_part)
        return self._key

    def add(self, row: int, at: int, said: str) -> None:
        """A note on a cell; beyond ``MOST_NOTED`` none is added."""
        if len(self._wrong) < MOST_NOTED:
            self._wrong.append((row, at, said))

    def finish(self) -> None:
        """Write the part and the drawing."""
        if not self._wrong:
            return
        self._write_texts()
        self._write_drawing()

    def _write_texts(self) -> None:
        if self._part:
            tree = self._book.read(self._part)
        else:
            self._part = "xl/linli_notes.xml"
            tree = etree.Element(f"{{{MAIN}}}comments", nsmap={None: MAIN})
            etree.SubElement(tree, f"{{{MAIN}}}authors")
            etree.SubElement(tree, f"{{{MAIN}}}commentList")
            self._book.relate(self._sheet, "comments", self._part)
            self._book.declare(self._part, _COMMENTS)
        authors, texts = tree.find(f"{{{MAIN}}}authors"), tree.find(f"{{{MAIN}}}commentList")
        if authors is None or texts is None:
            return
        etree.SubElement(authors, f"{{{MAIN}}}author").text = _AUTHOR
        held = {one.get("ref"): one for one in texts}
        for row, at, said in self._wrong:
            reference = f"{letters(at)}{row}"
            note = held.get(reference)
            if note is None:
                note = etree.SubElement(
                    texts, f"{{{MAIN}}}comment", ref=reference, authorId=str(len(authors) - 1), shapeId="0"
                )
                etree.SubElement(note, f"{{{MAIN}}}text")
            run = etree.SubElement(note[0], f"{{{MAIN}}}r")
            text = etree.SubElement(run, f"{{{MAIN}}}t")
            text.text = f"\n{legal(said)}" if reference in held else legal(said)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        self._book.write(self._part, tree)

    def _write_drawing(self) -> None:
        shapes = "".join(
            _SHAPE.format(
                id=_FIRST_SHAPE + n,
                row=row - 1,
                column=at,
                left=at + 1,
                right=at + 4,
                top=max(row - 2, 0),
                bottom=row + 3,
            )
            for n, (row, at, _) in enumerate(self._wrong)
        )
        if self._drawn:
            text, part = self._book.text(self._drawn).decode("utf-8", "replace"), self._drawn
        else:
            text, part = _DRAWING, "xl/drawings/linli_notes.vml"
            self._book.declare_ending("vml", _VML)
        end = text.rindex("</")
        self._book.changed[part] = (text[:end] + shapes + text[end:]).encode()


def legal(text: str) -> str:
    """Without the characters that XML has no place for."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
