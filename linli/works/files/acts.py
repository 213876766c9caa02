"""Putting files into the store: whole, or in pieces that are joined at the end."""

from __future__ import annotations

import functools
import hashlib
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.works.files.models import StoredFile, Upload
from linli.works.files.queries import place_of
from linli.works.files.rules import MOST_BYTES, PIECE_BYTES, clean_name, cleaned, media_type
from linli.works.jobs.acts import hourly

KEEP_PIECES = timedelta(days=1)
_FORGOTTEN_AT_ONCE = 200
_WHOLE = "whole"

declare("file.too_large", zh="文件超过{most_mb}MB。", en="The file is larger than {most_mb} MB.")
declare(
    "file.type",
    zh="不接收这类文件：{name}。可用JPG、PNG、WEBP、PDF、DOCX、XLSX、MP3、MP4，且内容须与扩展名相符。",
    en="{name} is not taken. JPG, PNG, WEBP, PDF, DOCX, XLSX, MP3 and MP4 are, when the content is what the name says.",
)
declare("file.pieces_missing", zh="还缺第{missing}段。", en="Piece {missing} is missing.")
declare("file.piece_wrong", zh="第{piece}段长度不对。", en="Piece {piece} has a wrong length.")


@act("file.keep", zh="存文件", en="keep a file")
def keep_file(actor: Actor, *, body: bytes, title: str, checked: bool = True) -> StoredFile:
    """Put a file into the store under its digest; pictures lose their metadata first. Raises Invalid for a type that is
    not taken, or one that is too large. ``checked`` False is for files that the house itself made.
    """
    if len(body) > MOST_BYTES:
        raise Invalid("file.too_large", most_mb=MOST_BYTES // 1_000_000, field="file")
    media = media_type(body[:32], title)
    if media is None and checked:
        raise Invalid("file.type", name=clean_name(title), field="file")
    kept = cleaned(body, media) if media and checked else body
    digest = hashlib.sha256(kept).hexdigest()
    if not default_storage.exists(place_of(digest)):
        default_storage.save(place_of(digest), ContentFile(kept))
    row, _ = StoredFile.objects.get_or_create(
        sha256=digest,
        defaults={"bytes": len(kept), "media_type": media or "application/octet-stream", "kept_at": clock.now()},
    )
    return row


@act("upload.begin", zh="开始上传", en="begin an upload", keeps=("size",))
def begin_upload(actor: Actor, *, title: str, size: int) -> Upload:
    """Announce a file that comes in pieces; raises Invalid when it is too large."""
    if not 0 < size <= MOST_BYTES:
        raise Invalid("file.too_large", most_mb=MOST_BYTES // 1_000_000, field="file")
    return Upload.objects.create(owner_id=actor.id, name=clean_name(title), bytes=size, begun_at=clock.now())


def take_piece(upload: Upload, *, piece: int, body: bytes) -> int:
    """Keep one piece, counted from 0; sent again it replaces itself. Returns how many pieces there are in all.

    No act: nothing is recorded until the pieces are joined, and what is never joined is forgotten after a day.
    """
    count = -(-upload.bytes // PIECE_BYTES)
    expected = PIECE_BYTES if piece < count - 1 else upload.bytes - PIECE_BYTES * (count - 1)
    if not 0 <= piece < count or len(body) != expected:
        raise Invalid("file.piece_wrong", piece=piece, field="piece")
    folder = _folder(upload)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f"{piece}.part"
    aside.write_bytes(body)
    aside.rename(folder / str(piece))
    return count


def received_bytes(upload: Upload) -> int:
    """How many bytes of an upload that comes in a stream are here."""
    whole = _folder(upload) / _WHOLE
    return whole.stat().st_size if whole.is_file() else 0


def append_bytes(upload: Upload, *, offset: int, body: bytes) -> int:
    """Keep the next bytes of an upload that comes in a stream of whatever pieces; how many are here then.

    No act, as :func:`take_piece`. Raises Conflict when ``offset`` is not where it broke off, Invalid for too much.
    """
    folder = _folder(upload)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if offset + len(body) > upload.bytes:
        raise Invalid("file.piece_wrong", piece=offset, field="offset")
    with (folder / _WHOLE).open("ab") as out:
        if out.tell() != offset:
            raise Conflict("file.pieces_missing", missing=out.tell())
        out.write(body)
    return offset + len(body)


@act("upload.join", zh="合并上传", en="join an upload", about="upload")
def join_upload(actor: Actor, *, upload: Upload, anew: tuple[str, bytes] | None = None) -> StoredFile:
    """The whole file in the store, its pieces gone. ``anew`` is the name and the bytes of the same file made anew from
    ``whole_of``: kept instead of what came. Raises Conflict while a piece is missing.
    """
    title, body = anew or (upload.name, whole_of(upload))
    kept = keep_file(actor, body=body, title=title)
    Upload.objects.filter(pk=upload.pk).update(ended_at=clock.now())
    folder = _folder(upload)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    return kept


def whole_of(upload: Upload) -> bytes:
    """What came of an upload, in whichever pieces. Raises Conflict while something is missing."""
    folder, count = _folder(upload), -(-upload.bytes // PIECE_BYTES)
    if (folder / _WHOLE).is_file():
        whole = (folder / _WHOLE).read_bytes()
    else:
        missing = next((piece for piece in range(count) if not (folder / str(piece)).is_file()), None)
        if missing is not None:
            raise Conflict("file.pieces_missing", missing=missing)
        whole = b"".join((folder / str(piece)).read_bytes() for piece in range(count))
    if len(whole) != upload.bytes:
        raise Conflict("file.pieces_missing", missing=len(whole))
    return whole


def _folder(upload: Upload) -> Path:
    return Path(settings.LINLI_HOME) / "pieces" / upload.pk.hex


@hourly("files.forget_pieces")
def forget_pieces(payload: dict[str, Any]) -> None:
    """Uploads that nobody finished within a day go, with their pieces."""
    old = list(
        Upload.objects.filter(ended_at__isnull=True, begun_at__lt=clock.now() - KEEP_PIECES)[:_FORGOTTEN_AT_ONCE]
    )
    for upload in old:
        shutil.rmtree(_folder(upload), ignore_errors=True)
    Upload.objects.filter(pk__in=[upload.pk for upload in old]).delete()


def let_go(digests: Iterable[str]) -> None:
    """Take files out of the store that hang on nothing any more. No act: it is the end of what an act erased."""
    for sha256 in digests:
        try:
            with transaction.atomic():
                StoredFile.objects.filter(pk=sha256).delete()
        except ProtectedError:
            continue
        transaction.on_commit(functools.partial(default_storage.delete, place_of(sha256)))
