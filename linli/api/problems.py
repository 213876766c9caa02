"""Every refusal leaves as ``application/problem+json`` (RFC 9457) with its code and both languages: made in this one
place.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic_core import to_json

from linli.kernel.errors import Refusal, declare

log = structlog.get_logger(__name__)

declare("request.unreadable", zh="请求内容无法读取：{why}。", en="The request cannot be read: {why}.")
declare("request.signed_out", zh="请先登录，或提供有效令牌。", en="Sign in first, or give a valid token.")
declare(
    "request.forged",
    zh="请求缺少有效的CSRF标记，请刷新页面。",
    en="The CSRF token is missing or wrong; reload the page.",
)
declare("request.no_such_address", zh="没有这个地址：{path}。", en="There is no such address: {path}.")
declare("request.wrong_method", zh="该地址不接受{method}。", en="This address does not take {method}.")
declare("request.too_large", zh="请求内容超过{limit_kb}KB。", en="The body is larger than {limit_kb} KB.")
declare("request.facts", zh="所填内容有误：{first}。", en="What was sent is not right: {first}.")
declare(
    "request.failed",
    zh="服务器未能完成，内容未保存，请重试。",
    en="The server could not do it; nothing was stored. Try again.",
)
declare(
    "request.busy",
    zh="服务器繁忙，内容未保存，请稍候重试。",
    en="The server is busy; nothing was stored. Try again shortly.",
)

CONTENT_TYPE = "application/problem+json"


class Unreadable(Refusal):
    """The body is not what its type says."""

    status = 400


class SignedOut(Refusal):
    """Nobody is behind this request."""

    status = 401


class Forged(Refusal):
    """A signed-in browser was made to send this by another page."""

    status = 403


class WrongMethod(Refusal):
    """The address exists, the verb does not."""

    status = 405


class TooLarge(Refusal):
    """More than this door takes."""

    status = 413


class Failed(Refusal):
    """A fault of ours; its cause is in the log under ``trace``."""

    status = 500


class Unavailable(Refusal):
    """The database did not answer in time."""

    status = 503


def problem(refusal: Refusal, *, status: int | None = None) -> HttpResponse:
    """The answer for a refusal."""
    body = refusal.as_problem()
    if status is not None:
        body["status"] = status
    answer = HttpResponse(
        to_json(body, inf_nan_mode="null"), status=status or refusal.status, content_type=CONTENT_TYPE
    )
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="linli"'
    return answer


def on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What an act or a door said no to."""
    return problem(refusal)


def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token, no session."""
    return problem(SignedOut("request.signed_out"))


def on_wrong_facts(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Input that does not fit its declaration: each place and why, the first one in the title."""
    faults = [{"field": _place(fault), "why": str(fault.get("msg", ""))} for fault in error.errors]
    first = f"{faults[0]['field']}: {faults[0]['why']}" if faults else ""
    return problem(Refusal("request.facts", first=first, errors=faults), status=422)


def _place(fault: dict[str, Any]) -> str:
    """``lon`` or ``items.3.at``: the place in what was sent, without the names of our functions."""
    # What pydantic calls its own steps ("list[function-wrap[…]]") is no place in what was sent.
    path = [str(part) for part in fault.get("loc", ()) if "[" not in str(part)]
    return ".".join(part for part in path[1:] if part not in ("body", "sent")) or ".".join(path)


def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja's own errors: JSON that does not parse. What our parser refused keeps its own word."""
    if isinstance(error.__cause__, Refusal):
        return problem(error.__cause__)
    return problem(Unreadable("request.unreadable", why=str(error)), status=error.status_code)


def on_unreadable_form(request: HttpRequest, error: Exception) -> HttpResponse:
    """A form that is none: no boundary, cut off, too many fields."""
    return problem(Unreadable("request.unreadable", why=str(error)))


def on_busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database is locked or gone: nothing was stored, trying again helps."""
    log.warning("database_unavailable", path=request.path, error=repr(error))
    answer = problem(Unavailable("request.busy"))
    answer.headers["Retry-After"] = "1"
    return answer


def on_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Anything else is our fault: logged whole, told in one sentence."""
    log.error("request_failed", path=request.path, method=request.method, exc_info=error)
    return problem(Failed("request.failed"))
