"""What Django itself refuses under ``/api/v1`` leaves as problem+json too; a body that is too large is refused
unread.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.api.ogc import methods
from linli.api.problems import CONTENT_TYPE, TooLarge, Unreadable, WrongMethod, problem
from linli.kernel.errors import NotFound

Answer = Callable[[HttpRequest], HttpResponse]


class Problems:
    """Middleware, next to the views: sizes and odd signs before them, plain refusals after them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(("/api/", "/ogc/")):
            return self.get_response(request)
        refused = _before(request)
        if refused is not None:
            return refused
        if methods.is_theirs(request):
            answer = methods.answer_of(request, self.get_response)
        else:
            answer = self.get_response(request)
        if answer.status_code < 400 or answer.headers.get("Content-Type") == CONTENT_TYPE:
            return answer
        return _after(request, answer)


def _before(request: HttpRequest) -> HttpResponse | None:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    if _length(request) > most:
        return problem(TooLarge("request.too_large", limit_kb=most // 1000))
    if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
        return problem(Unreadable("request.unreadable", why="NUL"))
    return None


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _after(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if answer.status_code == 405:
        told = problem(WrongMethod("request.wrong_method", method=request.method or ""))
        told.headers["Allow"] = answer.headers.get("Allow", "")
        return told
    if answer.status_code == 404:
        return problem(NotFound("request.no_such_address", path=request.path[:200]))
    return problem(Unreadable("request.unreadable", why=str(answer.status_code)), status=answer.status_code)
