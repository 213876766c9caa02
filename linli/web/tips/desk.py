"""The readers' desk: one's key, the tips that are sealed to one, answering, closing, passing on; and the counter."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import Invalid, NotFound, Refusal
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.tips.readers.acts import make_key
from linli.tips.readers.queries import OpenDesk, candidates, desk_of, desk_token, own_key, private_of
from linli.tips.readers.rules import DEMO_WORDS, LEAST_SIGNS, READERS, proposed
from linli.tips.talk import acts
from linli.tips.talk.models import Tip
from linli.tips.talk.queries import Opened, counted, file_of, opened_by, readers_now, said_in, tip_seen, tips_of
from linli.tips.talk.rules import OUTCOMES, PARTS, TIP_LIFE, WHENS
from linli.web.filling import done
from linli.web.portal.showing import form_proof
from linli.web.templatetags.linli_web import say
from linli.web.tips.giver import as_attachment
from linli.web.tips.taking import asked, is_once, take_tip, told_of
from linli.web.tips.uploads import in_memory, posted
from linli.web.visitor import actor_of, page

COOKIE = "linli_tips"
PATH = "/tips"
COUNTER = ("community_officer", "station_desk", "station_chief", "tips_desk")
COUNTED = timedelta(days=365)


def _desk(request: HttpRequest, actor: Actor) -> OpenDesk | None:
    return desk_of(actor, request.COOKIES.get(COOKIE, ""))


def _kept_open(request: HttpRequest, answer: HttpResponse, actor: Actor, private: bytes) -> HttpResponse:
    """Another 15 minutes: the open key goes to the reader's own browser, sealed, and nowhere else."""
    answer.set_cookie(
        COOKIE,
        desk_token(actor, private),
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )
    return answer


@never_cache
@require_GET
@page(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Tips that are sealed to the visitor; before that his key, and the opening of it."""
    actor = actor_of(request)
    desk, closed = _desk(request, actor), request.GET.get("show") == "closed"
    open_rows, closed_rows = tips_of(actor), tips_of(actor, closed=True)
    people = {one.person_id for one in candidates() if one.post == "tips_desk"}
    context = {
        "has_key": own_key(actor) is not None,
        "is_open": desk is not None,
        "rows": [_listed(row) for row in (closed_rows if closed else open_rows)],
        "tabs": [
            {"words": _("未办结"), "href": "?", "count": open_rows.count(), "current": not closed},
            {"words": _("已办结"), "href": "?show=closed", "count": closed_rows.count(), "current": closed},
        ],
        "counts": counted(clock.today() - COUNTED),
        "few_readers": len(people) < 2,
        "may_counter": actor.holds(*COUNTER),
        "proposed": proposed(os.urandom(16)),
        "least": LEAST_SIGNS,
        "demo_passphrase": DEMO_WORDS,
    }
    answer = render(request, "web/tips.html", context)
    return _kept_open(request, answer, actor, desk.private) if desk else answer


def _listed(row: Tip) -> dict[str, Any]:
    return {"row": row, "state": TIP_LIFE.state(row.state).words, "outcome": OUTCOMES.get(row.outcome)}


@require_POST
@page(*READERS)
def key(request: HttpRequest) -> HttpResponse:
    """Make one's key, anew when the passphrase is lost."""
    actor = actor_of(request)
    try:
        make_key(actor, passphrase=request.POST.get("passphrase", ""), again=request.POST.get("again", ""))
    except Refusal as refusal:
        messages.error(request, say(refusal.words))
        return redirect("tips")
    done(request, _("密钥已开设。请牢记密语：忘了只能重开，再由其他阅读人为您重新密封。"))
    return redirect("tips")


@require_POST
@page(*READERS)
def unlock(request: HttpRequest) -> HttpResponse:
    """Open one's desk for 15 minutes; whatever others should read by now is sealed to them on the way."""
    actor = actor_of(request)
    back = redirect(_back(request))
    try:
        private = private_of(actor, request.POST.get("passphrase", ""))
    except Refusal as refusal:
        messages.error(request, say(refusal.words))
        return back
    held = own_key(actor)
    person = Person.objects.filter(pk=actor.id).first()
    if held is not None and person is not None:
        made = acts.seal_anew(actor, reader=person, desk=OpenDesk(str(held.pk), private))
        if made:
            done(request, _("已为现任阅读人重新密封%(n)s份。") % {"n": made})
    return _kept_open(request, back, actor, private)


def _back(request: HttpRequest) -> str:
    """The tip from which one came, if it is one of this page's addresses."""
    try:
        return f"{PATH}/{uuid.UUID(request.POST.get('tip', ''))}"
    except ValueError:
        return PATH


@require_POST
@page(*READERS)
def lock(request: HttpRequest) -> HttpResponse:
    """Close one's desk."""
    answer = redirect("tips")
    answer.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return answer


@never_cache
@require_GET
@page(*READERS)
def tip(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One tip in clear, for whom it is sealed to, with his desk open. Each look stands in the trail."""
    actor = actor_of(request)
    row, desk = tip_seen(actor, key), _desk(request, actor)
    context: dict[str, Any] = {"row": row, "state": TIP_LIFE.state(row.state).words, "is_open": desk is not None}
    context["demo_passphrase"] = DEMO_WORDS
    context["crumbs"] = [(_("匿名线索"), PATH), (row.code, "")]
    if desk is None:
        return render(request, "web/tip.html", context)
    opened = opened_by(desk, row)
    acts.note_opened(actor, tip=row)
    answer = render(request, "web/tip.html", {**context, **_clear(actor, opened)})
    return _kept_open(request, answer, actor, desk.private)


def _clear(actor: Actor, opened: Opened) -> dict[str, Any]:
    talk = said_in(opened)
    facts = talk[0].said.facts
    return {
        "state": TIP_LIFE.state(opened.tip.state).words,
        "talk": [{"row": one.row, "said": one.said, **_beside(actor, one.said.facts)} for one in talk],
        "facts": facts,
        "when": WHENS.get(facts.get("when", ""), WHENS[""]),
        "part": PARTS.get(facts.get("part", ""), PARTS[""]),
        "readers": [{"person": person, "name": name, "post": post} for person, name, post in readers_now(opened.tip)],
        "outcomes": OUTCOMES.items(),
        "agencies": _agencies(facts),
        "me": actor.id,
        "kept_days": settings.LINLI_TIPS_KEPT_DAYS,
    }


def _beside(actor: Actor, facts: dict[str, Any]) -> dict[str, Any]:
    if "matter" not in facts:
        return {"outcome": OUTCOMES.get(str(facts.get("outcome", "")))}
    row = Matter.objects.visible_to(actor).filter(pk=uuid.UUID(facts["matter"])).first()
    return {"matter": row, "number": facts.get("number", "")}


def _agencies(facts: dict[str, Any]) -> list[Agency]:
    """To whom a matter may be passed on: the place's room and station first, then every station."""
    near = [path for path in (facts.get("room_path"), facts.get("station_path")) if path]
    rows = list(Agency.objects.at_work().filter(path__in=near).order_by("-path"))
    rest = Agency.objects.at_work().filter(kind="station").exclude(path__in=near).order_by("path")
    return [*rows, *rest]


def _answer(request: HttpRequest, actor: Actor, opened: Opened) -> str:
    acts.answer_tip(actor, tip=opened.tip, text=request.POST.get("text", ""))
    return _("已答复，提供线索的人凭回执能看到。")


def _check(request: HttpRequest, actor: Actor, opened: Opened) -> str:
    acts.move_tip(actor, tip=opened.tip, move="check")
    return _("已开始核查。")


def _close(request: HttpRequest, actor: Actor, opened: Opened) -> str:
    sent = request.POST
    acts.move_tip(actor, tip=opened.tip, move="close", outcome=sent.get("outcome", ""), text=sent.get("text", ""))
    return _("已办结。")


def _pass_on(request: HttpRequest, actor: Actor, opened: Opened) -> str:
    sent = request.POST
    agency = Agency.objects.visible_to(actor).at_work().filter(code=sent.get("agency", "")).first()
    if agency is None:
        raise Invalid("tip.choice", field="agency")
    matter = acts.pass_on(actor, tip=opened.tip, agency=agency, title=sent.get("title", ""), what=sent.get("what", ""))
    return _("已登记为一般线索%(number)s。") % {"number": matter.number}


def _leave_out(request: HttpRequest, actor: Actor, opened: Opened) -> str:
    try:
        person_id = uuid.UUID(request.POST.get("person", ""))
    except ValueError as wrong:
        raise NotFound("row.unknown", what="reader") from wrong
    acts.leave_out(actor, tip=opened.tip, opened=opened, person_id=person_id)
    return _("已回避，密钥已更换。")


DEEDS: dict[str, Callable[[HttpRequest, Actor, Opened], str]] = {
    "answer": _answer,
    "check": _check,
    "close": _close,
    "pass-on": _pass_on,
    "leave-out": _leave_out,
}


@require_POST
@page(*READERS)
def do(request: HttpRequest, key: uuid.UUID, what: str) -> HttpResponse:
    """One of the reader's acts, with his desk open; closed, he is asked for his passphrase first."""
    actor = actor_of(request)
    row, desk = tip_seen(actor, key), _desk(request, actor)
    if what not in DEEDS:
        raise NotFound("row.unknown", what=what)
    if desk is None:
        messages.error(request, _("桌面已锁上，请重新输入密语。刚才写的没有发出。"))
        return redirect("tip", key=row.pk)
    try:
        done(request, DEEDS[what](request, actor, opened_by(desk, row)))
    except Refusal as refusal:
        messages.error(request, say(refusal.words))
    still = Tip.objects.visible_to(actor).filter(pk=row.pk).exists()
    return redirect("tip", key=row.pk) if still else redirect("tips")


@never_cache
@require_GET
@page(*READERS)
def file(request: HttpRequest, key: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """A cleaned file of a tip, to be saved and never shown in the page."""
    actor = actor_of(request)
    row, desk = tip_seen(actor, key), _desk(request, actor)
    if desk is None:
        return redirect("tip", key=row.pk)
    named, body = file_of(opened_by(desk, row), str(file))
    return as_attachment(body, named.media, f"{row.code}{named.ending}")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponseBase:
    """The counter's page. Files stay in memory, so this is said before the CSRF check reads the form."""
    in_memory(request)
    return _counter(request)


@csrf_protect
@page(*COUNTER)
def _counter(request: HttpRequest) -> HttpResponse:
    """Take a tip for somebody who cannot write: no name is asked, and it is taken as if he had sent it himself, so that
    the trail does not say at whose counter. The receipt is printed for him and shown once.
    """
    if request.method != "POST":
        return _counter_form(request, {}, form_proof()["once"])
    values: Any = {}
    once = form_proof()["once"]
    try:
        sent = posted(request)
        values, once = sent, sent.get("once", "")[:64]
        if not is_once(once):
            raise Invalid("tip.again")
        taken = take_tip(request, told_of(sent), once)
    except Refusal as refusal:
        return _counter_form(request, values, once, refusal)
    return render(request, "web/tip_counter_receipt.html", {"taken": taken})


def _counter_form(request: HttpRequest, values: Any, once: str, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        **asked({name: values.get(name, "") for name in values}, once=once),
        "trouble": refusal.words if refusal else None,
        "field": str(refusal.facts.get("field", "")) if refusal else "",
    }
    return render(request, "web/tip_counter.html", context, status=refusal.status if refusal else 200)
