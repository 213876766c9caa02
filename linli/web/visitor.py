"""From a request to the actor of the house, and the guard that every page stands behind."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from linli.kernel.errors import NotAllowed, Refusal, declare
from linli.kernel.scope import Actor
from linli.org.codecards.queries import narrowed
from linli.org.people.models import Account
from linli.org.posts.queries import actor_for

P = ParamSpec("P")
_KNOWN = "linli_actor"
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

declare("page.not_yours", zh="此页面不属于您的岗位。", en="This page does not belong to your post.")


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a signed-in request, with the posts held today. Guard, page and header of one reading ask once;
    a form is asked anew, it may change who somebody is.
    """
    account = request.user
    if not isinstance(account, Account):
        raise NotAllowed("page.not_yours")
    known = getattr(request, _KNOWN, None) if request.method == "GET" else None
    if known is not None and known[0] == account.pk:
        return cast("Actor", known[1])
    actor = narrowed(actor_for(account, door="page"), request.session)
    setattr(request, _KNOWN, (account.pk, actor))
    return actor


def page(*posts: str) -> Callable[[View[P]], View[P]]:
    """Guard a page: signed in, holding one of ``posts`` (none named: any). A refusal becomes a page that says why."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                if posts and not actor_of(request).holds(*posts):
                    raise NotAllowed("page.not_yours")
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                return refused(request, refusal)

        return login_required(guarded)

    return guard


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal: what happened, and the way back."""
    return render(request, "web/refused.html", {"refusal": refusal}, status=refusal.status)
