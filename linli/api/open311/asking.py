"""Reading what a client of GeoReport sends: a filter, or a report."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from linli.api.open311.documents import YES_NO, form_of
from linli.kernel.clock import SHANGHAI
from linli.kernel.errors import Refusal, declare
from linli.matters.public.acts import Contact
from linli.matters.public.queries import RequestFilter, Told
from linli.matters.public.rules import FORMS

declare("open311.wrong", zh="参数{field}有误：{why}。", en="{field} is not right: {why}.")
declare("open311.missing", zh="缺少参数{field}。", en="{field} was not provided.")
declare("open311.service", zh="没有服务{code}。", en="service_code {code} was not found.")
declare("open311.request", zh="没有公开的请求{key}。", en="service_request_id {key} was not found.")
declare("open311.jurisdiction", zh="没有辖区{code}。", en="jurisdiction_id {code} was not found.")
declare("open311.key", zh="api_key无效，不能新建请求。", en="Invalid api_key received: cannot proceed.")

MOST_ROWS = 1_000
_MOST_KEYS = 100


class Wrong(Refusal):
    """A parameter is missing or wrong; 400 in the standard."""

    status = 400


class Unknown(Refusal):
    """No such service, request or jurisdiction."""

    status = 404


class KeyRefused(Refusal):
    """A key that is none, or none where one is needed."""

    status = 403


@dataclass(frozen=True, slots=True)
class Posted:
    """A report as a client sent it."""

    form: str
    sort: str
    told: Told
    text: str
    contact: Contact
    readers: str
    once: str


def filter_of(given: Mapping[str, str]) -> RequestFilter:
    """The filter of a list; raises Wrong for what cannot be read."""
    return RequestFilter(
        keys=tuple(_several(given, "service_request_id")),
        services=tuple(_several(given, "service_code")),
        since_at=_moment(given, "start_date"),
        until_at=_moment(given, "end_date"),
        statuses=tuple(_statuses(given)),
        page=_whole(given, "page", 1, most=10_000),
        page_size=_whole(given, "page_size", MOST_ROWS, most=MOST_ROWS),
    )


def _several(given: Mapping[str, str], name: str) -> list[str]:
    return [one.strip() for one in given.get(name, "").split(",") if one.strip()][:_MOST_KEYS]


def _statuses(given: Mapping[str, str]) -> list[str]:
    found = _several(given, "status")
    for one in found:
        if one not in ("open", "closed"):
            raise Wrong("open311.wrong", field="status", why=one[:20])
    return found


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError as wrong:
        raise Wrong("open311.wrong", field=name, why=text[:40]) from wrong
    return at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)


def _whole(given: Mapping[str, str], name: str, usual: int, *, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return usual
    if not text.isdecimal() or int(text) < 1:
        raise Wrong("open311.wrong", field=name, why=text[:20])
    return min(int(text), most)


def sent_of(request: HttpRequest) -> dict[str, str]:
    """The fields of a POST, form-encoded or JSON, attributes as ``attribute[CODE]``."""
    if not (request.content_type or "").startswith("application/json"):
        return {name: str(value) for name, value in request.POST.items()}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as wrong:
        raise Wrong("open311.wrong", field="body", why="JSON") from wrong
    if not isinstance(body, dict):
        raise Wrong("open311.wrong", field="body", why="JSON")
    attributes = body.pop("attribute", {}) or {}
    inner = attributes if isinstance(attributes, dict) else {}
    plain = {str(name): "" if value is None else str(value) for name, value in body.items()}
    return plain | {f"attribute[{name}]": str(value) for name, value in inner.items()}


def posted_of(sent: Mapping[str, str], *, idempotency: str) -> Posted:
    """A report; raises Wrong for a place or a service that is missing or cannot be read."""
    code = sent.get("service_code", "").strip()
    if not code:
        raise Wrong("open311.missing", field="service_code")
    found = form_of(code)
    if found is None:
        raise Unknown("open311.service", code=code[:40])
    form, sort = found
    name = " ".join(part for part in (sent.get("last_name", "").strip(), sent.get("first_name", "").strip()) if part)
    text = sent.get("description", "")
    if sent.get("media_url", "").startswith(("https://", "http://")):
        text = f"{text}\n{sent['media_url'][:300]}"
    once = secrets.token_urlsafe(18)
    if idempotency:
        once = hashlib.sha256(f"{sent.get('api_key', '')}\x00{idempotency}".encode()).hexdigest()
    return Posted(
        form=form,
        sort=sort,
        told=_place(sent),
        text=text if sent.get("description", "").strip() else "",
        contact=Contact(name[:60], sent.get("phone", "")[:32], _yes(sent, "sms")),
        readers=sent.get("attribute[readers]", "").strip() or FORMS[form].readers,
        once=once,
    )


def _yes(sent: Mapping[str, str], code: str) -> bool:
    """An attribute that is yes or no, and no when it is left out."""
    told = sent.get(f"attribute[{code}]", "").strip()
    if told not in ("", *YES_NO):
        raise Wrong("open311.wrong", field=f"attribute[{code}]", why=told[:20])
    return told == "1"


def _place(sent: Mapping[str, str]) -> Told:
    lat, lon = sent.get("lat", "").strip(), sent.get("long", "").strip()
    text = sent.get("address_string", "").strip()[:120]
    if lat or lon:
        return Told(lon=_degrees("long", lon), lat=_degrees("lat", lat), text=text)
    key = sent.get("address_id", "").strip()
    if key:
        return Told(address_id=_address(key), text=text)
    if not text:
        raise Wrong("open311.missing", field="lat/long, address_string or address_id")
    return Told(text=text)


def _degrees(name: str, text: str) -> float:
    most = 180.0 if name == "long" else 90.0
    try:
        value = float(text)
    except ValueError as wrong:
        raise Wrong("open311.wrong", field=name, why=text[:30] or "—") from wrong
    if not -most <= value <= most:
        raise Wrong("open311.wrong", field=name, why=text[:30])
    return value


def _address(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Wrong("open311.wrong", field="address_id", why=text[:40]) from wrong
