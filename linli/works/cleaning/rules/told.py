"""What is said of a file that is not taken, and what comes of one that is."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import Invalid, declare

declare(
    "cleaning.kind",
    zh="不收这类文件。可以放照片（JPG、PNG、WEBP）、PDF、DOCX、XLSX、TXT。录音录像洗不掉里面的信息：请写成文字或截图。",
    en="This kind of file is not taken: photos (JPG, PNG, WEBP), PDF, DOCX, XLSX and TXT are. What sound and film tell "
    "about their maker cannot be taken out: write it down, or send single pictures.",
)
declare(
    "cleaning.broken",
    zh="文件打不开，可能没传完整或已损坏。请重新拍照或另存后再试。",
    en="The file cannot be opened: it may be incomplete or damaged. Take the picture again, or save it anew.",
)
declare(
    "cleaning.huge",
    zh="文件太大：照片最多5000万像素，PDF最多20页，文件最多{most_mb}MB。",
    en="The file is too large: a photo has at most 50 million pixels, a PDF 20 pages, a file {most_mb} MB.",
)
declare("cleaning.empty", zh="文件里没有能保留的内容。", en="There is nothing in the file that could be kept.")

MOST_BYTES = 10_000_000
TAKEN = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.txt"
"""For the file field of a form."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file made anew: its bytes, what it is now, and the ending of its name."""

    body: bytes
    media: str
    ending: str


def broken() -> Invalid:
    """The file does not open, or only half."""
    return Invalid("cleaning.broken", field="files")


def huge() -> Invalid:
    """More than is worth opening."""
    return Invalid("cleaning.huge", most_mb=MOST_BYTES // 1_000_000, field="files")


def not_taken() -> Invalid:
    """Not one of the kinds that can be made anew."""
    return Invalid("cleaning.kind", field="files")


def empty() -> Invalid:
    """Nothing is left of it."""
    return Invalid("cleaning.empty", field="files")
