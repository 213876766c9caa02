"""Files on a matter: whole, or in pieces; read with the rights of the matter, and each look noted."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import FileResponse, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered, body_of, once
from linli.api.shown import Shown
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor
from linli.matters.files.acts import attach_file, drop_file
from linli.matters.files.models import Attachment
from linli.matters.handovers.queries import keeps_from
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.trail.reads.acts import note_read
from linli.works.files.acts import begin_upload, join_upload, keep_file, take_piece
from linli.works.files.models import Upload
from linli.works.files.queries import open_file
from linli.works.files.rules import PICTURES, PIECE_BYTES

router = Router(tags=["files"])


class Begun(Schema):
    """A file that will come in pieces: its name and its length in bytes."""

    name: str = Field(min_length=1, max_length=200)
    bytes: int = Field(gt=0)


class Sent(Schema):
    """An upload whose pieces are all here."""

    upload: uuid.UUID


@router.get("/matters/{number}/files", summary="Files of a matter")
def listed(request: ApiRequest, number: str) -> HttpResponse:
    """The files that hang on a matter, oldest first."""
    matter = matter_by_number(request.auth, number)
    return answered({"items": [] if keeps_from(request.auth, matter) else files_shown(matter), "next": None})


@router.post("/matters/{number}/files", response={201: dict[str, Any]}, summary="Attach a file")
def attached(request: ApiRequest, number: str, file: File[UploadedFile]) -> HttpResponse:
    """Hang a small file on a matter. Pictures lose place, time and device first."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    body, name = file.read(), file.name or ""

    def deed() -> Shown:
        return _shown(attach_file(actor, matter=matter, file=keep_file(actor, body=body, title=name), title=name))

    return once(request.ticket, 201, deed)


@router.post("/uploads", response={201: dict[str, Any]}, summary="Begin an upload")
def begun(request: ApiRequest, sent: Begun) -> HttpResponse:
    """Announce a large file; its pieces follow, each of ``piece_bytes`` but the last."""

    def deed() -> Shown:
        upload = begin_upload(request.auth, title=sent.name, size=sent.bytes)
        return {"id": upload.pk, "piece_bytes": PIECE_BYTES, "pieces": -(-sent.bytes // PIECE_BYTES)}

    return once(request.ticket, 201, deed)


@router.post("/uploads/{key}/pieces/{piece}", summary="Send a piece")
def piece_taken(request: ApiRequest, key: uuid.UUID, piece: int) -> HttpResponse:
    """The bytes of one piece, as they are. Sent again after a broken line it is the same piece."""
    found = _upload(request.auth, key)
    return answered({"pieces": take_piece(found, piece=piece, body=body_of(request))})


@router.post("/matters/{number}/uploads", response={201: dict[str, Any]}, summary="Attach an upload")
def upload_attached(request: ApiRequest, number: str, sent: Sent) -> HttpResponse:
    """Join the pieces of an upload and hang the file on a matter."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    found = _upload(actor, sent.upload)

    def deed() -> Shown:
        return _shown(attach_file(actor, matter=matter, file=join_upload(actor, upload=found), title=found.name))

    return once(request.ticket, 201, deed)


@router.get("/files/{key}", summary="A file")
def read(request: ApiRequest, key: uuid.UUID) -> FileResponse:
    """The bytes of a file, for whoever sees its matter; the look is noted."""
    actor = request.auth
    found = _attachment(actor, key)
    note_read(actor, subject_type="matters.attachment", subject_id=str(key), purpose=f"处理{found.matter.number}")
    try:
        body = open_file(found.file.sha256)
    except FileNotFoundError as lost:
        raise NotFound("row.unknown", what=found.name) from lost
    picture = found.file.media_type in PICTURES
    answer = FileResponse(body, as_attachment=not picture, filename=found.name, content_type=found.file.media_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@router.post("/files/{key}/drop", summary="Take a file away")
def dropped(request: ApiRequest, key: uuid.UUID) -> HttpResponse:
    """Take a file away from its matter; the trail keeps who hung it there and who took it away."""
    actor = request.auth
    found = _attachment(actor, key)
    return once(request.ticket, 200, lambda: {"id": drop_file(actor, attachment=found).pk})


def files_shown(matter: Matter) -> list[Shown]:
    """The files of a matter that the caller has found."""
    return [_shown(one) for one in Attachment.objects.kept().filter(matter=matter).select_related("file")]


def _shown(one: Attachment) -> Shown:
    return {
        "id": one.pk,
        "name": one.name,
        "bytes": one.file.bytes,
        "media_type": one.file.media_type,
        "sha256": one.file.sha256,
        "picture": one.file.media_type in PICTURES,
        "by": one.by_name,
        "at": one.at,
        "href": f"/api/v1/files/{one.pk}",
    }


def _attachment(actor: Actor, key: uuid.UUID) -> Attachment:
    rows = Attachment.objects.visible_to(actor).kept().select_related("file", "matter__agency", "matter__station")
    found = rows.filter(pk=key).first()
    if found is None or keeps_from(actor, found.matter):
        raise NotFound("row.unknown", what=str(key))
    return found


def _upload(actor: Actor, key: uuid.UUID) -> Upload:
    found = Upload.objects.visible_to(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    if found.ended_at is not None:
        raise Invalid("fact.wrong", field="upload", why=str(key))
    return found
