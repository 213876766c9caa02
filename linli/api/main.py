"""The API of the house: its routers, its refusals, its description."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from linli.api import (
    area,
    area_file,
    calendars,
    cards,
    care,
    channels,
    community_work,
    coverage,
    distress,
    exchange,
    field,
    field_files,
    field_pack,
    files,
    grids,
    helping,
    hours,
    incidents,
    keeping,
    layers,
    ledger,
    lists,
    matters,
    mediation,
    mine,
    orders,
    outcomes,
    outreach,
    places,
    population,
    problems,
    registers,
    rooms,
    ties,
    units,
    visits,
    vocabulary,
)
from linli.api.auth import Bearer, Replayed, Session, on_replayed, whoever
from linli.api.problems import CONTENT_TYPE, SignedOut, problem
from linli.api.reading import StrictParser
from linli.kernel.errors import NotFound, Refusal

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["title", "title_en", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "what happened and what to do, in Chinese"},
        "title_en": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "facts": {"type": "object"},
    },
}

api = NinjaAPI(
    title="Linli",
    version="1",
    description=(
        "Community policing: one ledger, one map, one clock. Every POST carries an `Idempotency-Key`; refusals are "
        f"`{CONTENT_TYPE}`. Coordinates are WGS-84, times carry an offset."
    ),
    auth=[Bearer(), Session()],
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api",
    openapi_extra={"components": {"schemas": {"Problem": _PROBLEM}}},
)
for module in (
    channels,
    outreach,
    incidents,
    ledger,
    lists,
    matters,
    files,
    orders,
    outcomes,
    helping,
    distress,
    exchange,
    ties,
    units,
    places,
    vocabulary,
    mine,
    calendars,
    rooms,
    registers,
    population,
    keeping,
    layers,
    area,
    area_file,
    coverage,
    grids,
    cards,
    care,
    mediation,
    hours,
    visits,
    community_work,
    field,
    field_pack,
    field_files,
):
    api.add_router("", module.router)

_HANDLERS: dict[type[Exception], Any] = {
    Replayed: on_replayed,
    Refusal: problems.on_refusal,
    AuthenticationError: problems.on_stranger,
    ValidationError: problems.on_wrong_facts,
    HttpError: problems.on_http_error,
    MultiPartParserError: problems.on_unreadable_form,
    SuspiciousOperation: problems.on_unreadable_form,
    OperationalError: problems.on_busy,
    Exception: problems.on_fault,
}
for kind, handler in _HANDLERS.items():
    api.add_exception_handler(kind, handler)


def nowhere(request: HttpRequest, path: str) -> HttpResponse:
    """An address under the API that does not exist; a stranger is not told even that."""
    if whoever(request) is None:
        return problem(SignedOut("request.signed_out"))
    return problem(NotFound("request.no_such_address", path=request.path[:200]))
