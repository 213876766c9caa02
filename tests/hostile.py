"""Two hundred hostile files, made by rules and the same each time: none is stored in the repository."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

MARKS = (
    b"MarkerAuthor",
    b"MarkerMaker",
    b"MarkerGps",
    b"MARKER-JS",
    b"marker-host",
    b"MarkerDeleted",
    b"<script",
    b"vbaProject",
)
"""What no cleaned file may hold."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, its name, and what must come of it: an ending, or a code of refusal; None where either may be."""

    name: str
    body: bytes
    ends: str | None


def picture(form: str, size: tuple[int, int] = (64, 48), **more: object) -> bytes:
    """A picture of a few colours."""
    out = io.BytesIO()
    sheet = Image.new("RGB", size)
    for x in range(min(size[0], 64)):
        sheet.putpixel((x, x % size[1]), (x * 4 % 256, 90, 200))
    sheet.save(out, form, **more)
    return out.getvalue()


def with_exif() -> Image.Exif:
    """Maker, author and a place."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x9286] = "MarkerMaker", "MarkerAuthor", "MarkerGps"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 24.0, 36.0), 3: "E", 4: (119.0, 48.0, 0.0), 27: b"MarkerGps"})
    return exif


def pdf(extra: bytes = b"", pages: int = 1, box: bytes = b"0 0 200 200") -> bytes:
    """A plain PDF with an author, and whatever is put into its catalogue."""
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(pages))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Author (MarkerAuthor) /Producer (MarkerMaker) >>",
        *(b"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + b"] >>" for _ in range(pages)),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer << /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, start)


def archive(parts: dict[str, bytes], *, pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack) as held:
        for name, body in parts.items():
            held.writestr(zipfile.ZipInfo(name), body, pack)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORDS = (
    f"<w:document {W}><w:body><w:p><w:r><w:t>看到的事</w:t></w:r>"
    '<w:del w:author="MarkerAuthor"><w:r><w:t>MarkerDeleted</w:t></w:r></w:del></w:p></w:body></w:document>'
).encode()
CORE = b"<cp:coreProperties xmlns:cp='x'><creator>MarkerAuthor</creator></cp:coreProperties>"
TYPES = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"


def docx(words: bytes = WORDS, **more: bytes) -> bytes:
    """A small Word file with an author, a comment and a change."""
    parts = {"[Content_Types].xml": TYPES, "docProps/core.xml": CORE, "word/document.xml": words}
    return archive({**parts, **{name.replace("__", "/"): body for name, body in more.items()}})


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose head promises far more than is there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def pictures() -> Iterator[Hostile]:
    """Places, makers, comments, things behind and inside, huge and cut off."""
    exif = with_exif()
    jpeg = picture("JPEG", exif=exif, comment=b"MarkerAuthor")
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "MarkerAuthor")
    text.add_itxt("XML:com.adobe.xmp", "MarkerGps")
    png, webp = picture("PNG", exif=exif, pnginfo=text), picture("WEBP", exif=exif, xmp=b"MarkerGps")
    for name, body in (("jpeg", jpeg), ("png", png), ("webp", webp)):
        yield Hostile(f"{name} with a place", body, ".jpg")
        for what, tail in (
            ("zip", archive({"MarkerAuthor.txt": b"MarkerAuthor"})),
            ("html", b"<script>MARKER-JS</script>"),
            ("pdf", pdf()),
            ("php", b"<?php MARKER-JS ?>"),
            ("exe", b"MZ" + b"MarkerAuthor" * 9),
        ):
            yield Hostile(f"{name} and {what} in one", body + tail, ".jpg")
        for part in (1, 2, 3, 5, 8):
            yield Hostile(f"{name} cut at {part} tenths", body[: len(body) * part // 10], "cleaning.broken")
    for width, height in ((100_000, 100_000), (60_000, 2), (2, 60_000), (8_000, 8_000), (0, 0), (2**31 - 1, 2**31 - 1)):
        yield Hostile(f"png of {width} x {height}", png_claiming(width, height), None)
    yield Hostile("png bomb in a comment", _png_text_bomb(), None)
    yield Hostile("png promising more", png_claiming(3000, 3000), "cleaning.broken")
    yield Hostile("turned picture", picture("JPEG", exif=_turned()), ".jpg")
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], exif=exif)
    yield Hostile("film as webp", out.getvalue(), ".jpg")
    for form in ("GIF", "BMP", "TIFF", "ICO", "PPM"):
        yield Hostile(f"a picture as {form}", picture(form), "cleaning.kind")


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _png_text_bomb() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "A" * 30_000_000, zip=True)
    return picture("PNG", pnginfo=text)


def papers() -> Iterator[Hostile]:
    """PDFs that do things, Word and Excel files that hold things."""
    for name, extra in (
        ("script", b"/OpenAction << /S /JavaScript /JS (MARKER-JS) >>"),
        ("launch", b"/OpenAction << /S /Launch /F (MARKER-JS.exe) >>"),
        ("link", b"/OpenAction << /S /URI /URI (http://marker-host.example/) >>"),
        ("form", b"/AcroForm << /XFA (MARKER-JS) >>"),
        ("file inside", b"/Names << /EmbeddedFiles << /Names [(MarkerAuthor) 3 0 R] >> >>"),
    ):
        yield Hostile(f"pdf with {name}", pdf(extra), ".pdf")
    yield Hostile("pdf of an author", pdf(), ".pdf")
    yield Hostile("pdf of 21 pages", pdf(pages=21), "cleaning.huge")
    yield Hostile("pdf of a huge page", pdf(box=b"0 0 900000 900000"), None)
    yield Hostile("pdf without pages", pdf(pages=0), None)
    yield Hostile("pdf and zip in one", pdf() + archive({"MarkerAuthor": b"MarkerAuthor"}), ".pdf")
    yield Hostile("pdf of noise", b"%PDF-1.7\n" + random.Random(4).randbytes(3_000), "cleaning.broken")
    yield Hostile("docx of an author", docx(), ".txt")
    yield Hostile("docx with a macro", docx(**{"word__vbaProject.bin": b"MARKER-JS"}), "cleaning.kind")
    yield Hostile("docx with an object", docx(**{"word__embeddings__oleObject1.bin": b"MARKER-JS"}), "cleaning.kind")
    yield Hostile("docx with a comment", docx(**{"word__comments.xml": b"MarkerAuthor"}), ".txt")
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + WORDS.replace("看到的事".encode(), b"&e;")
    yield Hostile("docx that reads a file", docx(entity), "cleaning.broken")
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + WORDS
    yield Hostile("docx that laughs", docx(laughs), "cleaning.broken")
    yield Hostile("docx without words", docx(f"<w:document {W}/>".encode()), "cleaning.empty")
    yield Hostile("docx of broken xml", docx(WORDS[:60]), "cleaning.broken")
    yield Hostile("zip bomb as docx", docx(b"\0" * 60_000_000), "cleaning.huge")
    yield Hostile("many parts", archive({f"p{n}": b"" for n in range(2_100)}), "cleaning.huge")
    yield Hostile("a plain zip", archive({"MarkerAuthor.exe": b"MZ"}), "cleaning.kind")
    yield Hostile("zip that climbs out", archive({"../../etc/passwd": b"MarkerAuthor"}), "cleaning.kind")
    yield Hostile(
        "xlsx with a macro", archive({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"M"}), "cleaning.kind"
    )
    yield Hostile("xlsx of nothing", archive({"xl/workbook.xml": b"<x/>"}), None)
    lying = bytearray(docx(b"\0" * 45_000_000))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    yield Hostile("zip that lies of its size", bytes(lying), None)
    for part in (2, 4, 6, 8):
        yield Hostile(f"docx cut at {part} tenths", docx()[: len(docx()) * part // 10], "cleaning.broken")
        yield Hostile(f"pdf cut at {part} tenths", pdf(pages=3)[: len(pdf(pages=3)) * part // 10], None)


def others() -> Iterator[Hostile]:
    """What is none of the kinds that are taken, whatever it is called."""
    yield Hostile("svg with a script", b"<svg xmlns='x'><script>MARKER-JS</script></svg>", "cleaning.kind")
    yield Hostile("svg behind blanks", b"\n\n  <?xml version='1.0'?><svg onload='MARKER-JS'/>", "cleaning.kind")
    yield Hostile("html", b"<!DOCTYPE html><script>MARKER-JS</script>", "cleaning.kind")
    yield Hostile("rtf", b"{\\rtf1 MARKER-JS}", "cleaning.kind")
    yield Hostile("shell", b"#!/bin/sh\nMARKER-JS", "cleaning.kind")
    yield Hostile("mail", b"MIME-Version: 1.0\nMARKER-JS", "cleaning.kind")
    heads = {
        "exe": b"MZ\x90\0", "elf": b"\x7fELF\2\1\1\0", "mp3": b"ID3\3\0\0\0", "mp4": b"\0\0\0\x18ftypmp42",
        "ogg": b"OggS\0\2", "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "rar": b"Rar!\x1a\7\0",
        "7z": b"7z\xbc\xaf\x27\x1c\0", "gzip": b"\x1f\x8b\x08\0", "heic": b"\0\0\0\x18ftypheic",
        "class": b"\xca\xfe\xba\xbe\0\0", "sqlite": b"SQLite format 3\0",
    }  # fmt: skip
    for name, head in heads.items():
        yield Hostile(name, head + b"\0" * 40, "cleaning.kind")
    yield Hostile("text with bells", b"\x07\x08" * 50 + "看到".encode(), "cleaning.kind")
    yield Hostile("text", "夜里有人撬车\r\n".encode("gb18030"), ".txt")
    yield Hostile("nothing", b"", "cleaning.empty")
    yield Hostile("blanks", b"  \n\t ", "cleaning.empty")
    yield Hostile("more than ten megabytes", b"\xff\xd8\xff" + b"\0" * 10_000_001, "cleaning.huge")


def flipped(count: int) -> Iterator[Hostile]:
    """Files of every kind with bytes changed by chance, the same each time."""
    chance = random.Random(20261122)
    bases = [picture("JPEG", exif=with_exif()), picture("PNG"), picture("WEBP"), pdf(), docx()]
    for number in range(count):
        body = bytearray(bases[number % len(bases)])
        for _ in range(1 + number % 9):
            body[chance.randrange(12, len(body))] = chance.randrange(256)
        yield Hostile(f"flipped {number}", bytes(body), None)


def all_of_them() -> list[Hostile]:
    """Two hundred."""
    made = [*pictures(), *papers(), *others()]
    return [*made, *flipped(200 - len(made))]
