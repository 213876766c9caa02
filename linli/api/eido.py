"""Handing an incident over to another dispatch system: one NENA EIDO document an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.api.auth import whoever
from linli.api.problems import SignedOut, problem
from linli.kernel.errors import Refusal
from linli.operations.exchange.queries import eido_of

MEDIA_TYPE = "application/emergency.eido+json"


@never_cache
@require_safe
def eido_document(request: HttpRequest, number: str) -> HttpResponse:
    """The incident as others read it (NENA-STA-021.1); 404 for whoever may not see it."""
    actor = whoever(request)
    if actor is None:
        return problem(SignedOut("request.signed_out"))
    try:
        return JsonResponse(eido_of(actor, number), content_type=MEDIA_TYPE)
    except Refusal as refusal:
        return problem(refusal)
