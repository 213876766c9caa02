"""The parts of a workbook: which sheet is which, its styles, and what is written anew."""

from __future__ import annotations

import copy
import posixpath
import zipfile

from lxml import etree

from linli.kernel.errors import Invalid

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RED = "FFFFC7CE"
_PROBLEMS = "xl/worksheets/linli_problems.xml"


class Book:
    """An open workbook. ``changed``: part → its new bytes."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self._source = source
        self.names = {entry.filename for entry in source.infolist()}
        self.changed: dict[str, bytes] = {}
        relations = self.read("_rels/.rels")
        whole = next((one for one in relations if str(one.get("Type")).endswith("/officeDocument")), None)
        self.path = str(whole.get("Target")).lstrip("/") if whole is not None else "xl/workbook.xml"

    def read(self, part: str) -> etree._Element:
        """A part as a tree."""
        body = self.changed[part] if part in self.changed else self._source.read(part)
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))

    def text(self, part: str) -> bytes:
        """A part as it is."""
        return self.changed[part] if part in self.changed else self._source.read(part)

    def write(self, part: str, tree: etree._Element) -> None:
        self.changed[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)

    def relations_of(self, part: str) -> tuple[str, etree._Element]:
        """Where the relations of a part lie, and they themselves (empty when it has none)."""
        folder, name = posixpath.split(part)
        place = f"{folder}/_rels/{name}.rels"
        there = place in self.names or place in self.changed
        return place, self.read(place) if there else etree.Element(f"{{{PACKAGE}}}Relationships", nsmap={None: PACKAGE})

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate a part to another, by its path in the zip; returns the id."""
        place, relations = self.relations_of(part)
        held = {one.get("Id") for one in relations}
        key = next(f"rIdL{n}" for n in range(1, 10_000) if f"rIdL{n}" not in held)
        etree.SubElement(relations, f"{{{PACKAGE}}}Relationship", Id=key, Type=f"{OFFICE}/{kind}", Target=f"/{target}")
        self.write(place, relations)
        return key

    def related(self, part: str, kind: str) -> str | None:
        """The part that this one is related to in this way."""
        _, relations = self.relations_of(part)
        for one in relations:
            if str(one.get("Type")).endswith(f"/{kind}"):
                target = str(one.get("Target"))
                folder = posixpath.dirname(part)
                return target.lstrip("/") if target[:1] == "/" else posixpath.normpath(posixpath.join(folder, target))
        return None

    def declare(self, part: str, media: str) -> None:
        """Say what a new part is."""
        types = self.read("[Content_Types].xml")
        etree.SubElement(types, f"{{{TYPES}}}Override", PartName=f"/{part}", ContentType=media)
        self.write("[Content_Types].xml", types)

    def declare_ending(self, ending: str, media: str) -> None:
        """Say what parts with this ending are, unless it is said already."""
        types = self.read("[Content_Types].xml")
        if not any(one.get("Extension") == ending for one in types):
            types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=ending, ContentType=media))
            self.write("[Content_Types].xml", types)

    def sheet_named(self, name: str) -> str:
        """The part of a sheet. Raises ``Invalid`` when there is none of this name."""
        keys = {one.get("name"): one.get(f"{{{OFFICE}}}id") for one in self.read(self.path).iter(f"{{{MAIN}}}sheet")}
        _, relations = self.relations_of(self.path)
        for one in relations:
            if name in keys and one.get("Id") == keys[name]:
                target = str(one.get("Target"))
                folder = posixpath.dirname(self.path)
                return target.lstrip("/") if target[:1] == "/" else posixpath.normpath(posixpath.join(folder, target))
        raise Invalid("table.file", file=self.path, why=f"no sheet {name!r}")

    def add_sheet(self, body: bytes) -> None:
        """One more sheet at the end: the problems."""
        workbook = self.read(self.path)
        sheets = workbook.find(f"{{{MAIN}}}sheets")
        if sheets is None:
            return
        held = {str(one.get("name")) for one in sheets}
        name = next(n for n in ("导入问题", *(f"导入问题{i}" for i in range(2, 100))) if n not in held)
        part = next(p for p in (_PROBLEMS, *(f"{_PROBLEMS[:-4]}{i}.xml" for i in range(2, 100))) if p not in self.names)
        number = max((int(one.get("sheetId", "0")) for one in sheets), default=0) + 1
        one = etree.SubElement(sheets, f"{{{MAIN}}}sheet", name=name, sheetId=str(number))
        one.set(f"{{{OFFICE}}}id", self.relate(self.path, "worksheet", part))
        self.write(self.path, workbook)
        self.declare(part, f"{_SPREADSHEET}.worksheet+xml")
        self.changed[part] = body


class Styles:
    """The formats of cells: for each that a wrong cell has, the same with a red ground."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._part = book.related(book.path, "styles")
        self._tree = book.read(self._part) if self._part else None
        self._red: dict[int, int] = {}
        self._fill = -1

    def red(self, style: int) -> int:
        """The red twin of a style."""
        if self._tree is None:
            return style
        found = self._red.get(style)
        if found is None:
            found = self._red[style] = self._twin(style)
            self._red[found] = found
        return found

    def _twin(self, style: int) -> int:
        formats = self._tree.find(f"{{{MAIN}}}cellXfs") if self._tree is not None else None
        if formats is None or style >= len(formats):
            return style
        twin = copy.deepcopy(formats[style])
        twin.set("fillId", str(self._filled()))
        twin.set("applyFill", "1")
        formats.append(twin)
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    def _filled(self) -> int:
        if self._fill < 0 and self._tree is not None:
            fills = self._tree.find(f"{{{MAIN}}}fills")
            if fills is None:
                return 0
            pattern = etree.SubElement(etree.SubElement(fills, f"{{{MAIN}}}fill"), f"{{{MAIN}}}patternFill")
            pattern.set("patternType", "solid")
            etree.SubElement(pattern, f"{{{MAIN}}}fgColor", rgb=_RED)
            etree.SubElement(pattern, f"{{{MAIN}}}bgColor", indexed="64")
            fills.set("count", str(len(fills)))
            self._fill = len(fills) - 1
        return max(self._fill, 0)

    def finish(self) -> None:
        """Put the styles back when one was added."""
        if self._red and self._tree is not None and self._part:
            self._book.write(self._part, self._tree)
