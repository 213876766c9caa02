"""The helpers of a request, below its card."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.kernel.acts import may
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.helping.acts import end_part, join_help, leave_help
from linli.matters.helping.models import HELPING
from linli.matters.helping.queries import helper_by_id, helpers_of, may_join
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.org.posts.rules import POSTS
from linli.web.visitor import actor_of, page


def helping(actor: Actor, matter: Matter, path: str) -> dict[str, Any] | None:
    """Who helps, what each did, and what one may do oneself; None where nothing of it is to be shown."""
    if matter.kind != "help_request":
        return None
    rows = list(helpers_of(actor, matter=matter))
    joins = may(actor, "help.join", path) and may_join(actor, matter)
    mine = next((row for row in rows if row.person_id == actor.id and row.state == "at_it"), None)
    shown = [{"row": row, "words": HELPING.state(row.state).words, "post": POSTS.get(row.post)} for row in rows]
    thanks = str(matter.details.get("thanks", "")) if matter.state == "closed" else ""
    return {"rows": shown, "joins": joins, "mine": mine, "thanks": thanks} if rows or joins else None


@require_POST
@page()
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Come to help."""
    actor = actor_of(request)
    join_help(actor, matter=matter_by_number(actor, number))
    messages.success(request, _("已加入帮办。"))
    return redirect("matter", number=number)


@require_POST
@page()
def end(request: HttpRequest, key: uuid.UUID, way: str) -> HttpResponse:
    """One's part is done, or one leaves it."""
    actor = actor_of(request)
    deed = {"done": end_part, "leave": leave_help}.get(way)
    if deed is None:
        raise NotFound("row.unknown", what=way)
    helper = deed(actor, helper=helper_by_id(actor, key), word=request.POST.get("word", ""))
    messages.success(request, _("已登记。"))
    return redirect("matter", number=helper.matter.number)
