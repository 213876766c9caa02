"""``/open311/v2/``: GeoReport v2. Anybody may report; what is read is what the office or the sort makes public."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from linli.api.auth import actor_by_token
from linli.api.open311 import documents
from linli.api.open311.asking import KeyRefused, Unknown, filter_of, posted_of, sent_of
from linli.api.open311.documents import TYPES, XML
from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.prepared import foreseen
from linli.kernel.together import together
from linli.matters.ledger.acts import NUMBER
from linli.matters.public.acts import RESIDENT, already, check, found_by_code, let_in, take_report
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import is_public, located, public_requests
from linli.matters.public.rules import shown_code
from linli.matters.routing.queries import bureau
from linli.works.channels.queries import has_way_out

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, str, P], HttpResponse]
_UPDATED = "2026-11-22T00:00:00+08:00"
_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def spoken(*methods: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """A view of the standard: ``form`` is json or xml, a refusal leaves as the standard's errors."""

    def guard(view: View[P]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def spoken_view(request: HttpRequest, form: str = XML, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in (*methods, "HEAD"):
                answer = _errors(405, "method not allowed", form)
                answer.headers["Allow"] = ", ".join(methods)
                return answer
            try:
                _jurisdiction(request)
                return view(request, form, *args, **kwargs)
            except Refusal as refusal:
                return _refused(refusal, form)
            except SuspiciousOperation:
                return _errors(413, "the request is too large", form)

        return spoken_view

    return guard


def _refused(refusal: Refusal, form: str) -> HttpResponse:
    status = 400 if refusal.status in (409, 422) else refusal.status
    answer = _errors(status, f"{refusal.words.en} {refusal.words.zh}", form)
    if "again_in_s" in refusal.facts:
        answer.headers["Retry-After"] = str(refusal.facts["again_in_s"])
    return answer


def _errors(status: int, text: str, form: str) -> HttpResponse:
    return _given(documents.errors([(status, text)], form), form, status)


def _given(body: bytes, form: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(body, status=status, content_type=TYPES[form])
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _jurisdiction(request: HttpRequest) -> None:
    """One installation is one jurisdiction, named by the code of its bureau; left out it is meant."""
    asked = request.GET.get("jurisdiction_id", "").strip()
    root = bureau()
    if asked and (root is None or asked != root.code):
        raise Unknown("open311.jurisdiction", code=asked[:40])


@spoken("GET")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Where the documents are, in which forms, and how to get a key."""
    row = {
        "changeset": _UPDATED,
        "contact": "",
        "key_service": "linli token USER --days N" if settings.LINLI_OPEN311_KEYS else "",
        "endpoints": [
            {
                "specification": _SPECIFICATION,
                "url": request.build_absolute_uri("/open311/v2"),
                "changeset": _UPDATED,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return _given(documents.discovery_xml(row) if form == XML else documents.as_json(row), form)


@spoken("GET")
def services(request: HttpRequest, form: str) -> HttpResponse:
    """Every service."""
    rows = documents.services()
    return _given(documents.as_xml("services", "service", rows) if form == XML else documents.as_json(rows), form)


@spoken("GET")
def service(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """What else may be said with a service."""
    if documents.form_of(code) is None:
        raise Unknown("open311.service", code=code[:40])
    row = documents.definition(code, by_sms=has_way_out("sms"))
    return _given(documents.definition_xml(row) if form == XML else documents.as_json([row]), form)


@spoken("GET", "POST")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """The public requests under a filter; or one more."""
    if request.method == "POST":
        return _posted(request, form)
    rows = [
        documents.request_row(report, report.matter.number)
        for report in public_requests(filter_of(request.GET.dict()), clock.now())
    ]
    return _listed(rows, form)


@spoken("GET")
def one_request(request: HttpRequest, form: str, key: str) -> HttpResponse:
    """One request by its number; by its token also one that is not public, without its place and words."""
    report = _by_token(key)
    if report is None:
        report = PublicReport.objects.filter(matter__number=key[:32]).select_related(*_WITH).first()
        if report is None or not is_public(report):
            raise Unknown("open311.request", key=key[:40])
    return _listed([documents.request_row(report, key)], form)


@spoken("GET")
def token(request: HttpRequest, form: str, key: str) -> HttpResponse:
    """The id behind a token. For what is not public it is the token itself, which only its sender knows."""
    report = _by_token(key)
    if report is None:
        raise Unknown("open311.request", key=key[:40])
    number = report.matter.number if is_public(report) else key
    return _listed([{"service_request_id": number, "token": key}], form)


_WITH = ("matter__agency", "matter__grid")


def _by_token(key: str) -> PublicReport | None:
    number, dot, code = key.partition(".")
    return found_by_code(number, code) if dot else None


def _listed(rows: list[dict[str, Any]], form: str) -> HttpResponse:
    return _given(
        documents.as_xml("service_requests", "request", rows) if form == XML else documents.as_json(rows), form
    )


def _posted(request: HttpRequest, form: str) -> HttpResponse:
    sent = sent_of(request)
    _check_key(sent.get("api_key", ""))
    posted = posted_of(sent, idempotency=request.headers.get("Idempotency-Key", "")[:128])
    before = already(posted.once)
    if before is not None:
        return _told(before, form)
    where = located(posted.told, clock.now())
    facts: dict[str, Any] = {
        "text": posted.text,
        "sort": posted.sort,
        "readers": posted.readers,
        "contact": posted.contact,
    }
    check(posted.form, **facts, photos=0, room=where.room, slot=None)
    let_in(posted.form, where.room.code if where.room else "")

    def deed() -> PublicReport:
        return take_report(RESIDENT, form=posted.form, where=where, once=posted.once, source="open311", **facts)

    try:
        with foreseen(NUMBER):
            return _told(together(deed), form)
    except IntegrityError:
        before = already(posted.once)
        if before is None:
            raise
        return _told(before, form)


def _check_key(key: str) -> None:
    """A key that is given must be one; where the installation wants keys, one must be given."""
    if (key or settings.LINLI_OPEN311_KEYS) and (not key or actor_by_token(key) is None):
        raise KeyRefused("open311.key")


def _told(report: PublicReport, form: str) -> HttpResponse:
    """The answer to a report: its number where it is public at once, else a token."""
    number, code = report.matter.number, report.new_code
    notice = f"编号 {number}，查询码 {shown_code(code)}。危险请拨110。 Number and code to follow it by at /door/follow."
    row: dict[str, Any] = {"service_request_id": number} if is_public(report) else {"token": f"{number}.{code}"}
    row |= {"service_notice": notice, "account_id": None}
    answer = _listed([row], form)
    answer.status_code = 201
    return answer
