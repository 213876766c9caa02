"""What a file is by its first bytes, how large it may be, and a picture without what its camera wrote into it. Pure.

Pictures are cleaned without decoding them: the segments that hold place, time and device are left out, the pixels stay
as they are. Only the orientation is kept, or the picture would lie on its side.
"""

from __future__ import annotations

import re
import struct

MOST_BYTES = 50_000_000
PIECE_BYTES = 2_000_000
_ZIPPED = {".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_ZIPPED[".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "audio/mpeg": (".mp3",),
    # what a phone's browser records: Chrome and Firefox, and Safari as .m4a below
    "audio/webm": (".webm",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "video/mp4": (".mp4", ".m4a", ".mov"),
    **{media: (ending,) for ending, media in _ZIPPED.items()},
}
PICTURES = ("image/jpeg", "image/png", "image/webp")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_LEFT_OUT = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_EXIF = b"Exif\x00\x00"
_ORIENTATION = 0x0112


def media_type(head: bytes, name: str) -> str | None:
    """What the bytes are, when the name says so too; None for what is not taken."""
    found = _by_magic(head, name)
    ending = _ending(name)
    return found if found and ending in ENDINGS[found] else None


def _ending(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""


def _by_magic(head: bytes, name: str) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(_PNG):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3")):
        return "audio/mpeg"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    return _ZIPPED.get(_ending(name)) if head.startswith(b"PK\x03\x04") else None


def clean_name(name: str) -> str:
    """The name of a file without folders and signs that a disk or a header could misread."""
    plain = re.sub(r"[^\w.()（）\- ]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    return plain[-120:] or "file"


def cleaned(body: bytes, media: str) -> bytes:
    """A picture without metadata; anything else as it is."""
    if media == "image/jpeg":
        return _jpeg(body)
    if media == "image/png":
        return _png(body)
    return _webp(body) if media == "image/webp" else body


def _jpeg(body: bytes) -> bytes:
    """Without APP1 to APP15 but for the colour profile, and without comments; from the picture data on unchanged."""
    out, at, turned = [b"\xff\xd8"], 2, 1
    while at + 4 <= len(body) and body[at] == 0xFF and body[at + 1] != 0xDA:
        marker, length = body[at + 1], struct.unpack(">H", body[at + 2 : at + 4])[0]
        segment = body[at : at + 2 + length]
        if marker == 0xE1 and segment[4:10] == _EXIF:
            turned = orientation(segment[10:]) or turned
        profile = marker == 0xE2 and segment[4:15] == b"ICC_PROFILE"
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE) or profile or marker == 0xEE:
            out.append(segment)
        at += 2 + length
    if turned != 1:
        tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, turned, 0, 0)
        out.insert(1, b"\xff\xe1" + struct.pack(">H", len(_EXIF + tiff) + 2) + _EXIF + tiff)
    return b"".join(out) + body[at:]


def orientation(tiff: bytes) -> int:
    """How the picture is to be turned, 1 to 8, from a TIFF block; 0 when it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 0
    first = struct.unpack(order + "I", tiff[4:8])[0]
    if first + 2 > len(tiff):
        return 0
    for entry in range(struct.unpack(order + "H", tiff[first : first + 2])[0]):
        at = first + 2 + entry * 12
        if at + 12 > len(tiff):
            return 0
        tag, _, _, value = struct.unpack(order + "HHIH", tiff[at : at + 10])
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else 0
    return 0


def _png(body: bytes) -> bytes:
    out, at = [_PNG], len(_PNG)
    while at + 8 <= len(body):
        length = struct.unpack(">I", body[at : at + 4])[0]
        if body[at + 4 : at + 8] not in _PNG_LEFT_OUT:
            out.append(body[at : at + 12 + length])
        at += 12 + length
    return b"".join(out)


def _webp(body: bytes) -> bytes:
    out, at = [], 12
    while at + 8 <= len(body):
        length = struct.unpack("<I", body[at + 4 : at + 8])[0]
        end = at + 8 + length + (length & 1)
        if body[at : at + 4] not in (b"EXIF", b"XMP "):
            chunk = body[at:end]
            if chunk[:4] == b"VP8X":
                chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
            out.append(chunk)
        at = end
    inside = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside
