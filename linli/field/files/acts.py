"""Taking files of phones in pieces, and hanging them where they belong when they are whole."""

from __future__ import annotations

import errno
import hashlib
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from linli.field.files.models import PhoneFile
from linli.field.files.queries import arrived, awaited, part_of
from linli.field.files.rules import MOST_PIECE_BYTES, beyond, named
from linli.field.replay.acts import again, hang_file, now_from
from linli.field.replay.models import Operation
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, Refusal, declare
from linli.kernel.scope import Actor
from linli.works.files.acts import keep_file
from linli.works.files.rules import ENDINGS, MOST_BYTES, clean_name
from linli.works.jobs.acts import hourly

declare("field.piece_too_large", zh="每段不超过{most_kb}KB。", en="A piece has at most {most_kb} KB.")
declare("field.file_offset", zh="请从第{have}字节继续。", en="Go on from byte {have}.")
declare(
    "field.file_wrong", zh="文件内容与校验值不符，请重新传送。", en="The bytes do not give the digest; send it again."
)
declare(
    "field.storage_full",
    zh="服务器存储已满，文件仍在手机里，稍后再传。",
    en="The server is full; the file stays on the phone.",
)

_KEEP_PARTS_S = 14 * 86_400


class Full(Refusal):
    """No room on the server's disk."""

    status = 507


def take_bytes(actor: Actor, *, sha256: str, offset: int, size: int, body: bytes) -> int:
    """Add a piece; the same again changes nothing. Returns how many bytes are here. Raises Conflict with ``have`` when
    a piece before it is missing.

    No act: nothing is recorded until the file is whole, and what is never finished is forgotten after two weeks.
    """
    if len(body) > MOST_PIECE_BYTES or not body:
        raise Invalid("field.piece_too_large", most_kb=MOST_PIECE_BYTES // 1024, field="body")
    if not 0 < size <= MOST_BYTES or offset < 0 or offset + len(body) > size:
        raise Invalid("file.too_large", most_mb=MOST_BYTES // 1_000_000, field="size")
    path = part_of(actor.id, sha256)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _written(path, offset, body)
    except OSError as failed:
        if failed.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Full("field.storage_full") from failed
        raise


def _written(path: Path, offset: int, body: bytes) -> int:
    with path.open("ab") as out:
        have = out.tell()
        known = beyond(have, offset)
        if known is None:
            raise Conflict("field.file_offset", have=have)
        out.write(body[known:])
        return max(have, offset + len(body))


@act("field.take_file", zh="收下手机文件", en="take a phone's file", keeps=("sha256",))
def take_file(actor: Actor, *, sha256: str, title: str, media_type: str) -> PhoneFile:
    """The pieces of a file are all here: check them against the digest, put the file into the store, hang it where
    operations named it. Raises Invalid when the bytes are others; they are then dropped and sent anew.
    """
    before = arrived(actor, sha256)
    if before is not None:
        return before
    path = part_of(actor.id, sha256)
    body = path.read_bytes()
    if hashlib.sha256(body).hexdigest() != sha256:
        path.unlink(missing_ok=True)
        raise Invalid("field.file_wrong", have=0, field="sha256")
    stored = keep_file(actor, body=body, title=named(clean_name(title), media_type, ENDINGS))
    row = PhoneFile.objects.create(owner_id=actor.id, sha256=sha256, bytes=len(body), stored=stored, at=clock.now())
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    for one in awaited(actor, sha256):
        hang_file(actor, awaited=one, stored=stored)
    return row


def do_what_waited(actor: Actor) -> None:
    """Operations of this author that waited for a file are tried again."""
    for row in Operation.objects.filter(author_id=actor.id, state=Operation.FILE).order_by("received_at")[:50]:
        with transaction.atomic():
            again(now_from(actor, row.device_id), row)


@hourly("field.forget_parts")
def forget_parts(payload: dict[str, Any]) -> None:
    """Pieces that nobody added to for two weeks go."""
    folder = Path(settings.LINLI_HOME) / "pieces" / "field"
    if not folder.is_dir():
        return
    for path in folder.glob("*/*.part"):
        if time.time() - path.stat().st_mtime > _KEEP_PARTS_S:
            path.unlink(missing_ok=True)


def drop_parts(owner: uuid.UUID) -> None:
    """What a person's phone had begun to send is not wanted any more."""
    shutil.rmtree(part_of(owner, "").parent, ignore_errors=True)
