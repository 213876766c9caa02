"""Receipts of gateways: signed with the channel's own secret, so nobody signs in here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from linli.api.idempotency import answered, body_of
from linli.works.channels.rules.signing import SIGNATURE_HEADER, TIME_HEADER
from linli.works.outbox.acts import take_receipt

router = Router(tags=["channels"])


class Noted(Schema):
    """What we hold about the message now."""

    id: str
    state: str


_BODY = {
    "parameters": [
        {"in": "header", "name": TIME_HEADER, "required": True, "schema": {"type": "string"}},
        {"in": "header", "name": SIGNATURE_HEADER, "required": True, "schema": {"type": "string"}},
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["state"],
                    "properties": {
                        "id": {"type": "string", "description": "our key of the message"},
                        "gateway_id": {"type": "string", "description": "or the gateway's own number for it"},
                        "state": {"type": "string", "enum": ["delivered", "failed"]},
                        "key": {"type": "string", "enum": ["", "1", "2"], "description": "pressed on the telephone"},
                        "why": {"type": "string"},
                    },
                }
            }
        },
    },
}


@router.post(
    "/channels/{name}/receipts", auth=None, response={200: Noted}, openapi_extra=_BODY, summary="A gateway's receipt"
)
def receive(request: HttpRequest, name: str) -> HttpResponse:
    """Take a receipt: HMAC-SHA256 of time, a dot and the body, in hex. Sent again it is answered again and changes
    nothing.

    The receipt names its message, so it needs no Idempotency-Key; one that comes with it is ignored.
    """
    message = take_receipt(
        channel=name[:20],
        raw=body_of(request),
        at_s=request.headers.get(TIME_HEADER, ""),
        signature=request.headers.get(SIGNATURE_HEADER, ""),
    )
    return answered({"id": str(message.pk), "state": message.state})
