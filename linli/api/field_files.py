"""Files of phones, in pieces, named by what they contain."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.field import told
from linli.api.idempotency import body_of
from linli.field.files.acts import do_what_waited, take_bytes, take_file
from linli.field.files.queries import arrived, bytes_here
from linli.field.files.rules import SHA256
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.kernel.together import together

router = Router(tags=["field"])


@router.get("/field/files/{sha256}", summary="How much of a file is here")
def here(request: ApiRequest, sha256: str) -> HttpResponse:
    """How many bytes have arrived; ``done`` when the file is whole and checked."""
    return told(_standing(request.auth, _digest(sha256)))


@router.put("/field/files/{sha256}", summary="Send a piece of a file")
def piece(
    request: ApiRequest, sha256: str, offset: int, size: int, name: str = "", media_type: str = ""
) -> HttpResponse:
    """The bytes from ``offset`` on, at most 256 KB. Sent again after a broken line nothing changes; a gap is refused
    with ``have``. The last piece is checked against the digest, and the file hung where operations named it.
    """
    actor, digest = request.auth, _digest(sha256)
    if arrived(actor, digest) is not None:
        return told(_standing(actor, digest))
    have = take_bytes(actor, sha256=digest, offset=offset, size=size, body=body_of(request))
    if have >= size:
        together(lambda: take_file(actor, sha256=digest, title=name[:120], media_type=media_type[:80]))
        do_what_waited(actor)
    return told(_standing(actor, digest))


def _digest(sha256: str) -> str:
    if not SHA256.fullmatch(sha256):
        raise Invalid("fact.wrong", field="sha256", why=sha256[:70])
    return sha256


def _standing(actor: Actor, sha256: str) -> dict[str, Any]:
    found = arrived(actor, sha256)
    if found is not None:
        return {"have": found.bytes, "size": found.bytes, "done": True}
    return {"have": bytes_here(actor, sha256), "size": None, "done": False}
