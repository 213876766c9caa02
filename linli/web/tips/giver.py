"""The giver's pages. They set no cookie, open no session, write no address down and need no script.

A page elsewhere cannot make a browser send anything here that counts: nobody is signed in, so there is no authority to
misuse; a form carries a secret of its own and the signed moment of its opening, and what the browser itself says comes
from another site is refused. The moment is in the form only and is kept nowhere.
"""

from __future__ import annotations

import functools
from typing import Any, ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.errors import Invalid, NotFound, Refusal, declare
from linli.matters.ledger.models import Matter
from linli.matters.thanks.queries import told_to_giver
from linli.tips.readers.rules import CONCERNS
from linli.tips.receipts.acts import count_wrong
from linli.tips.receipts.queries import keys_of, let_look
from linli.tips.receipts.rules import DEMO_RECEIPTS, in_fours, read_receipt
from linli.tips.talk.acts import write_again
from linli.tips.talk.queries import Opened, by_receipt, file_of, said_in
from linli.tips.talk.rules import LONGEST, MOST_FILES, OUTCOMES, TIP_LIFE, plain_text
from linli.web.portal.showing import TRAP, View, form_proof, open_door, proof_fault, show
from linli.web.tips.broken_in import SENTENCES
from linli.web.tips.taking import RESIDENT, asked, is_once, take_tip, told_of
from linli.web.tips.uploads import in_memory, made_anew, posted
from linli.works.cleaning.rules import TAKEN

P = ParamSpec("P")

declare(
    "tip.again",
    zh="请看一遍，再按一次按钮。您写的都还在，文件要再选一次。",
    en="Please look once more and press the button again. What you wrote is still here; files must be chosen again.",
)
declare("tip.elsewhere", zh="这次提交来自别的网站，没有收下。", en="This was sent by another site and was not taken.")


def unlogged(view: View[P]) -> View[P]:
    """A page of the giver: for anybody (``open_door``), and a refusal of it leaves no line in the log either: a line
    has a moment.
    """

    @functools.wraps(view)
    def quiet(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        # Django's own mark that an answer of 400 and more need not be written down again.
        setattr(answer, "_has_been_logged", True)  # noqa: B010  (the stubs know no such name)
        return answer

    return csrf_exempt(open_door(quiet))


def _sent(request: HttpRequest) -> QueryDict:
    """The form, its files in memory. Raises Refusal for one from another site, too large, or not to be read."""
    host = urlsplit(request.headers.get("Origin", "")).netloc
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none") or (
        host and host != request.get_host()
    ):
        raise Invalid("tip.elsewhere")
    in_memory(request)
    try:
        sent = posted(request)
        _ = request.FILES
    except (SuspiciousOperation, MultiPartParserError, ValueError) as failed:
        raise Invalid("cleaning.huge", most_mb=10, field="files") from failed
    return sent


@unlogged
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what it promises and what not; the way in, and the way back by the receipt."""
    context = {"room": request.GET.get("room", "")[:24], "signed_in": settings.SESSION_COOKIE_NAME in request.COOKIES}
    return show(request, "web/tip_start.html", context)


@unlogged
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """The form; sent, the receipt. The same form sent twice gets the same receipt and is one tip."""
    if request.method != "POST":
        room = request.GET.get("room", "")[:24]
        return _form(request, {"place": f"room:{room}" if room else ""}, form_proof())
    try:
        sent = _sent(request)
    except Refusal as refusal:
        return _form(request, {}, form_proof(), refusal)
    once = sent.get("once", "")[:64]
    proof = {"opened": sent.get("opened", ""), "once": once}
    try:
        if not is_once(once) or proof_fault(proof["opened"], trap=sent.get(TRAP, "")):
            proof = {"opened": form_proof()["opened"], "once": once if is_once(once) else form_proof()["once"]}
            raise Invalid("tip.again")
        taken = take_tip(request, told_of(sent), once)
    except Refusal as refusal:
        return _form(request, sent, proof, refusal)
    return show(request, "web/tip_receipt.html", {"taken": taken})


def _form(request: HttpRequest, values: Any, proof: dict[str, str], refusal: Refusal | None = None) -> HttpResponse:
    context = asked({name: values.get(name, "") for name in values}, once=proof["once"])
    trouble = refusal.words if refusal else None
    more = {
        "opened": proof["opened"],
        "trouble": trouble,
        "field": str(refusal.facts.get("field", "")) if refusal else "",
    }
    return show(request, "web/tip_give.html", {**context, **more}, status=refusal.status if refusal else 200)


@unlogged
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """By the receipt, which goes in the body of a request and never in an address: answers, results, and writing
    again.
    """
    if request.method != "POST":
        return show(
            request, "web/tip_look.html", {"demo_receipt": in_fours(DEMO_RECEIPTS[0]) if settings.LINLI_DEMO else ""}
        )
    try:
        sent = _sent(request)
        receipt = read_receipt(sent.get("receipt", ""))
        opened = _opened(receipt)
    except Refusal as refusal:
        return show(request, "web/tip_look.html", {"trouble": refusal.words}, status=refusal.status)
    if sent.get("do") != "write":
        return _talk(request, receipt, opened)
    text = sent.get("text", "")[: LONGEST + 1]
    try:
        if not _is_last(opened, text) or request.FILES:
            opened = write_again(
                RESIDENT, opened=opened, text=text, files=made_anew(request), concerns=sent.get("concerns", "")
            )
    except Refusal as refusal:
        return _talk(request, receipt, opened, refusal, text)
    return _talk(request, receipt, opened, written=True)


def _opened(receipt: str) -> Opened:
    """The tip of a receipt: limits first, then the whole cost of a guess, right or wrong."""
    let_look()
    opened = by_receipt(keys_of(receipt))
    if opened is None:
        count_wrong()
        raise NotFound("tip.receipt_unknown")
    return opened


def _is_last(opened: Opened, text: str) -> bool:
    """Whether this is what the giver said last: a form sent twice over a bad line."""
    said = [one.said.text for one in said_in(opened) if one.row.by_giver]
    return bool(said) and said[-1] == plain_text(text) != ""


def _talk(
    request: HttpRequest,
    receipt: str,
    opened: Opened,
    refusal: Refusal | None = None,
    text: str = "",
    *,
    written: bool = False,
) -> HttpResponse:
    talk = said_in(opened)
    context = {
        "receipt": receipt,
        "in_fours": in_fours(receipt),
        "talk": [{**_shown(one.said.facts), "row": one.row, "said": one.said} for one in talk],
        "state": TIP_LIFE.state(opened.tip.state).words,
        "closed": opened.tip.state == "closed",
        "kept_days": settings.LINLI_TIPS_KEPT_DAYS,
        "concerns": CONCERNS.items(),
        "most": LONGEST,
        "most_files": MOST_FILES,
        "taken": TAKEN,
        "trouble": refusal.words if refusal else None,
        "text": text,
        "written": written,
    }
    return show(request, "web/tip_talk.html", context, status=refusal.status if refusal else 200)


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    """What came of it, in words; of a matter that was made of it, how far it is, its answer and thanks."""
    told: dict[str, Any] = {"outcome": OUTCOMES.get(str(facts.get("outcome", "")))}
    matter = Matter.objects.filter(pk=UUID(facts["matter"])).first() if "matter" in facts else None
    if matter is not None:
        told |= {"number": matter.number, "matter_state": matter.workflow.state(matter.state).words}
        told["told"] = told_to_giver(matter)
    return told


@unlogged
@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """A file of the talk, for whoever holds the receipt."""
    try:
        sent = _sent(request)
        named, body = file_of(_opened(read_receipt(sent.get("receipt", ""))), sent.get("file", "")[:36])
    except Refusal as refusal:
        return show(request, "web/tip_look.html", {"trouble": refusal.words}, status=refusal.status)
    return as_attachment(body, named.media, f"file{named.ending}")


def as_attachment(body: bytes, media: str, name: str) -> HttpResponse:
    """Bytes to be saved and never shown: no browser runs or guesses at them."""
    answer = HttpResponse(body, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@unlogged
@require_safe
def broken_in(request: HttpRequest) -> HttpResponse:
    """What somebody who breaks in would learn, sentence by sentence, each with its test or without one."""
    return show(request, "web/tip_broken_in.html", {"places": SENTENCES})
