"""HEAD and OPTIONS for the collections: the standard asks for HTTP 1.1 whole, of which GET and HEAD are the least."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

ALLOWED = "GET, HEAD, OPTIONS"
Answer = Callable[[HttpRequest], HttpResponse]


def is_theirs(request: HttpRequest) -> bool:
    """A HEAD or OPTIONS for an address of the collections."""
    return request.method in {"HEAD", "OPTIONS"} and request.path_info.startswith("/ogc/")


def answer_of(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """HEAD: what GET would say, without its body, rights and refusals included. OPTIONS: what may be asked; no data."""
    if request.method == "HEAD":
        request.method = "GET"
        answer = get_response(request)
        answer.headers["Content-Length"] = str(len(answer.content))
        answer.content = b""
        return answer
    try:
        resolve(request.path_info)
    except Resolver404:
        return get_response(request)
    return HttpResponse(status=204, headers={"Allow": ALLOWED})
