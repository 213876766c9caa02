"""Code cards: signing in with one on one's own phone; and, at the room, printing, renewing and revoking them."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.errors import Invalid, NotAllowed, Refusal
from linli.org.access.rules import holds_right
from linli.org.codecards.acts import DOOR, bind_card, enter_with, issue_card, renew_card, revoke_card, try_card
from linli.org.codecards.models import ALIVE, CARD_LIFE, CodeCard
from linli.org.codecards.queries import (
    IN_SESSION,
    card_by_id,
    card_of_device,
    cards,
    code_shown,
    sheets_of,
    without_card,
)
from linli.org.codecards.rules import REASONS, fresh_pin
from linli.org.people.models import Account, Person
from linli.org.posts.rules import POSTS
from linli.visits.cards.queries.sheets import qr_svg
from linli.web.filling import done
from linli.web.registers import page_of
from linli.web.visitor import actor_of, page

OFFICE = ("community_officer", "station_desk", "station_chief", "administrator")
COOKIE = "linli_card"
_COOKIE_S = 400 * 24 * 3600
_PENDING, _PENDING_S = "code_card_pending", 600
TOLD = "code_card_starters"
MOST_PRINTED = 200


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Code and PIN; on the phone that the card is bound to the PIN alone."""
    device = request.COOKIES.get(COOKIE, "")
    known = card_of_device(device)
    context = {
        "code": request.GET.get("c", request.POST.get("code", ""))[:24],
        "known": known if request.GET.get("other") is None else None,
    }
    if request.method == "POST":
        try:
            opened = try_card(request.POST.get("code", ""), request.POST.get("pin", ""), device=device)
        except Refusal as refusal:
            return render(request, "web/card_sign_in.html", {**context, "refusal": refusal}, status=refusal.status)
        if opened.first:
            request.session[_PENDING] = [str(opened.card.pk), time.time()]
            return redirect("card_pin")
        return _entered(request, opened.card)
    return render(request, "web/card_sign_in.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def choose_pin(request: HttpRequest) -> HttpResponse:
    """The first time: a PIN of one's own, twice; then this phone is the card's."""
    card = _pending(request)
    if card is None:
        return redirect("card_sign_in")
    context = {"name": card.person.name}
    if request.method == "GET":
        return render(request, "web/card_pin.html", context)
    device = secrets.token_urlsafe(32)
    pin = request.POST.get("pin", "")
    try:
        if pin != request.POST.get("again", ""):
            raise Invalid("fact.wrong", field=_("密码"), why=_("两次不一样"))
        bind_card(DOOR, card=card, pin=pin, device=device)
    except Refusal as refusal:
        return render(request, "web/card_pin.html", {**context, "refusal": refusal}, status=refusal.status)
    request.session.pop(_PENDING, None)
    answer = _entered(request, card)
    answer.set_cookie(
        COOKIE,
        device,
        max_age=_COOKIE_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("card_sign_in"),
    )
    return answer


def _pending(request: HttpRequest) -> CodeCard | None:
    key, at = request.session.get(_PENDING, ("", 0.0))
    if not key or time.time() - float(at) > _PENDING_S:
        return None
    return CodeCard.objects.filter(pk=key, state="printed").select_related("person__account", "agency").first()


def _entered(request: HttpRequest, card: CodeCard) -> HttpResponse:
    """A session of this card: what it lets do stands in it, and with the card it ends."""
    account = Account.objects.filter(person_id=card.person_id, is_active=True).first()
    if account is None:
        raise NotAllowed("code_card.wrong")
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    request.session[IN_SESSION] = str(card.pk)
    enter_with(DOOR, card=card, session=request.session.session_key or "")
    return redirect("field")


@never_cache
@require_GET
@page(*OFFICE)
def index(request: HttpRequest) -> HttpResponse:
    """The cards in reach, who has none, and the PINs to begin with of those just issued: shown once."""
    actor = actor_of(request)
    context = page_of(request, cards(actor))
    context["rows"] = [
        {
            "row": row,
            "code": code_shown(row) if row.state in ALIVE else "",
            "state": CARD_LIFE.state(row.state).words,
            "alive": row.state in ALIVE,
            "may": row.state in ALIVE and holds_right(actor, "code_card.revoke", row.agency.path),
        }
        for row in context["rows"]
    ]
    context |= {
        "told": request.session.pop(TOLD, []),
        "people": [
            {"row": row, "post": POSTS[row.code]}
            for row in without_card(actor)[:MOST_PRINTED]
            if holds_right(actor, "code_card.issue", row.agency.path)
        ],
        "reasons": REASONS.items(),
    }
    return render(request, "web/code_cards.html", context)


@require_POST
@page(*OFFICE)
def issue(request: HttpRequest) -> HttpResponse:
    """Cards for those who were ticked."""
    actor = actor_of(request)
    people = Person.objects.visible_to(actor).filter(pk__in=request.POST.getlist("person")[:MOST_PRINTED])
    told = []
    for person in people:
        starter = fresh_pin()
        issue_card(actor, person=person, starter=starter)
        told.append([person.name, starter])
    request.session[TOLD] = told
    done(request, _("已发%(n)d张码卡。请打印，并当面告知初始密码。") % {"n": len(told)})
    return redirect("code_cards")


@require_POST
@page(*OFFICE)
def renew(request: HttpRequest, key: UUID) -> HttpResponse:
    """New phone, forgotten PIN, locked: begin anew."""
    actor, starter = actor_of(request), fresh_pin()
    card = renew_card(actor, card=card_by_id(actor, key), starter=starter)
    request.session[TOLD] = [[card.person.name, starter]]
    done(request, _("已重新启用。原来的手机和密码不能再用。"))
    return redirect("code_cards")


@require_POST
@page(*OFFICE)
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lost or left."""
    actor = actor_of(request)
    revoke_card(actor, card=card_by_id(actor, key), why=request.POST.get("why", ""))
    done(request, _("已作废，登录也已结束。"))
    return redirect("code_cards")


@never_cache
@require_GET
@page(*OFFICE)
def sheet(request: HttpRequest) -> HttpResponse:
    """The cards that are to be handed over, ten on a sheet; or one by its key."""
    actor = actor_of(request)
    rows = cards(actor).filter(state="printed")
    key = request.GET.get("card", "")
    if key:
        rows = cards(actor).filter(pk=UUID(key), state__in=ALIVE)
    door = request.build_absolute_uri(reverse("card_sign_in"))
    found = [(row, qr_svg(f"{door}?c={code_shown(row)}")) for row in rows[:MOST_PRINTED]]
    answer = HttpResponse(sheets_of(found), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="code-cards.pdf"'
    return answer
