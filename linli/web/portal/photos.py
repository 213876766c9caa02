"""Photographs of residents: with the form, or in pieces that go on where the line broke (tus 1.0.0).

Every picture is drawn anew in a process of its own before it is kept: nothing that stood before, in or behind it comes
along (ADR 0177, 0196). What is never sent off with a report is forgotten after a day.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from linli.kernel.errors import Invalid, Refusal, declare
from linli.matters.public.acts import RESIDENT, let_in
from linli.matters.public.rules import MOST_PHOTOS
from linli.web.portal.showing import open_door
from linli.web.templatetags.linli_web import say
from linli.works.cleaning.acts import clean_apart
from linli.works.files.acts import append_bytes, begin_upload, join_upload, keep_file, received_bytes, whole_of
from linli.works.files.models import StoredFile, Upload
from linli.works.files.rules import PICTURES, clean_name

declare(
    "public.photo_large",
    zh="照片“{name}”超过{most_mb}MB，请换一张小的。",
    en="The photograph {name} is larger than {most_mb} MB.",
)
declare(
    "public.photo_kind",
    zh="“{name}”不是照片。可用手机拍的照片（JPG、PNG、WEBP）。",
    en="{name} is no photograph. JPG, PNG and WEBP are.",
)
declare("public.photo_unfinished", zh="有一张照片还没传完，请等一等再提交。", en="A photograph is still on its way.")

MOST_BYTES = 8_000_000
FIELDS = ("photo1", "photo2", "photo3")
VERSION = "1.0.0"
_HELD, _KEY, _OLDEST_S = "linli.portal.held", "linli.portal.upload", 24 * 3600


def signed_photos(rows: Sequence[StoredFile]) -> list[str]:
    """Photographs that are kept already, as a refused form carries them along."""
    return [signing.dumps(row.sha256, salt=_HELD) for row in rows]


def held_photos(signed: Sequence[str]) -> list[StoredFile]:
    """What such a form brings back."""
    found = []
    for text in signed[: 2 * MOST_PHOTOS]:
        try:
            row = StoredFile.objects.filter(pk=signing.loads(text, salt=_HELD, max_age=_OLDEST_S)).first()
        except signing.BadSignature:
            continue
        found += [row] if row is not None else []
    return found[:MOST_PHOTOS]


def kept_photos(request: HttpRequest, *, already: int) -> list[StoredFile]:
    """The photographs of a form, cleaned and stored: those in it, and those that came in pieces before.

    Raises Invalid at the field ``photo`` for what is no picture, too large, too many or not all here.
    """
    files: list[Any] = [request.FILES[name] for name in FIELDS if name in request.FILES]
    pieces = [_upload(key) for key in request.POST.getlist("upload")[: 2 * MOST_PHOTOS] if key]
    if already + len(files) + len(pieces) > MOST_PHOTOS:
        raise Invalid("public.photos", most=MOST_PHOTOS, field="photo")
    for file in files:
        if file.size > MOST_BYTES:
            raise Invalid("public.photo_large", name=clean_name(file.name), most_mb=8, field="photo")
    bodies = [(file.read(), str(file.name)) for file in files]
    return [*(_kept(body, name) for body, name in bodies), *(_joined(row) for row in pieces)]


def _kept(body: bytes, name: str) -> StoredFile:
    title, anew = _anew(body, name)
    return keep_file(RESIDENT, body=anew, title=title)


def _joined(upload: Upload) -> StoredFile:
    if received_bytes(upload) < upload.bytes:
        raise Invalid("public.photo_unfinished", field="photo")
    return join_upload(RESIDENT, upload=upload, anew=_anew(whole_of(upload), upload.name))


def _anew(body: bytes, name: str) -> tuple[str, bytes]:
    """Name and bytes of a photograph drawn anew; raises Invalid for what is none, TooMany in a flood of pictures."""
    let_in("drawing", "")
    try:
        made = clean_apart(body)
    except Invalid as refused:
        raise Invalid("public.photo_kind", name=clean_name(name), field="photo") from refused
    if made.media not in PICTURES:
        raise Invalid("public.photo_kind", name=clean_name(name), field="photo")
    return f"{clean_name(name).rpartition('.')[0] or 'photo'}{made.ending}", made.body


def _upload(key: str) -> Upload:
    try:
        row = Upload.objects.visible_to(RESIDENT).filter(pk=UUID(signing.loads(key, salt=_KEY))).first()
    except (signing.BadSignature, ValueError) as wrong:
        raise Http404 from wrong
    if row is None:
        raise Http404
    return row


@open_door
@require_http_methods(["OPTIONS", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """tus creation: announce a photograph; its address is known to whoever began it only."""
    if request.method == "OPTIONS":
        return _tus(204, **{"Tus-Version": VERSION, "Tus-Extension": "creation", "Tus-Max-Size": str(MOST_BYTES)})
    try:
        size = int(request.headers.get("Upload-Length", ""))
        let_in("photo", "")
        if not 0 < size <= MOST_BYTES:
            raise Invalid("public.photo_large", name="", most_mb=8)
        upload = begin_upload(RESIDENT, title=_name_of(request.headers.get("Upload-Metadata", "")), size=size)
    except ValueError:
        return _tus(400)
    except Refusal as refusal:
        return _tus(413 if refusal.status == 422 else refusal.status, say(refusal.words))
    key = signing.dumps(upload.pk.hex, salt=_KEY)
    return _tus(201, **{"Location": reverse("door_photo", args=[key]), "Upload-Offset": "0"})


@open_door
@require_http_methods(["HEAD", "PATCH"])
def piece(request: HttpRequest, key: str) -> HttpResponse:
    """tus core: how much is here, and the next bytes. What was cut off goes on from where it broke."""
    upload = _upload(key)
    if request.method == "HEAD":
        offset = str(received_bytes(upload))
        return _tus(200, **{"Upload-Offset": offset, "Upload-Length": str(upload.bytes)})
    if request.headers.get("Content-Type") != "application/offset+octet-stream":
        return _tus(415)
    try:
        here = append_bytes(upload, offset=int(request.headers.get("Upload-Offset", "")), body=request.body)
    except ValueError:
        return _tus(400)
    except Refusal:
        return _tus(409, **{"Upload-Offset": str(received_bytes(upload))})
    return _tus(204, **{"Upload-Offset": str(here)})


def _name_of(metadata: str) -> str:
    """The file name of tus metadata: ``filename <base64>,…``."""
    for part in metadata.split(","):
        name, _, value = part.strip().partition(" ")
        if name == "filename":
            try:
                return base64.b64decode(value).decode()[:120] or "photo.jpg"
            except (binascii.Error, UnicodeDecodeError):
                break
    return "photo.jpg"


def _tus(status: int, text: str = "", **headers: str) -> HttpResponse:
    answer = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    for name, value in {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}.items():
        answer.headers[name] = value
    return answer
