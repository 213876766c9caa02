"""What other systems bring: their signed bundles, by HTTP as by a folder (ADR 0220)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered_once, body_of
from linli.works.exchange.acts.reading import read_posted

router = Router(tags=["exchange"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "A bundle `linli-exchange/1`, signed with the key of both sides: calls, answers, "
                    "rows of registers.",
                    "required": ["format", "sender", "receiver", "sequence", "items", "manifest", "signature"],
                }
            }
        },
    }
}


@router.post("/exchange/bundles", openapi_extra=_BODY, summary="Bring a signed bundle")
def bring(request: ApiRequest) -> HttpResponse:
    """Read one bundle: each bundle once by its number, each item once by its key. The answer counts what became of the
    items; the acknowledgement, and what became of rows, go to the peer's own address as our bundles.
    """
    raw = body_of(request)
    return answered_once(request.ticket, lambda: read_posted(request.auth, raw).as_json(), keep=lambda told: True)
