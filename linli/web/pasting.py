"""From a private chat group to the ledger and back: paste what was said, choose lines, open; copy text, picture, link.

Nothing of what is pasted is kept until it is opened: it travels in the form.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from PIL import Image, ImageDraw, ImageFont

from linli.kernel.errors import Refusal
from linli.kernel.inputs import Spot
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import found_place
from linli.matters.ledger.queries import matter_by_number
from linli.matters.pasting.acts import PASTED, open_from_group
from linli.matters.pasting.queries import kept_names
from linli.matters.pasting.rules import MOST_CHARACTERS, read_paste
from linli.outreach.alerts.queries import alert_by_id
from linli.outreach.alerts.rules.declared import EVENTS
from linli.outreach.alerts.rules.texts import microblog
from linli.trail.reads.acts import note_read
from linli.web.filling import done
from linli.web.portal import residents_url
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page
from linli.works.papers.rules import FONT_FOLDER

_WIDTH, _HEIGHT, _EDGE = 750, 1000, 60
_SIMPLIFIED = 2
"""The face of simplified Chinese in the font's collection."""
_PAPER, _INK, _ACCENT = "#ffffff", "#16202e", "#1b4e9b"


@never_cache
@require_http_methods(["GET", "POST"])
@page()
def paste(request: HttpRequest) -> HttpResponse:
    """Paste, choose, open."""
    actor = actor_of(request)
    offered = [KINDS[code] for code in PASTED if actor.holds(*KINDS[code].opens)]
    pasted = request.POST.get("pasted", "")[:MOST_CHARACTERS]
    context: dict[str, Any] = {"pasted": pasted, "kinds": offered, "lines": read_paste(pasted) if pasted else []}
    context |= {"address": request.POST.get("address", ""), "kind": request.POST.get("kind", "")}
    if request.POST.get("step") != "open":
        return render(request, "web/paste.html", context)
    chosen = [at for at in request.POST.getlist("line") if at.isdecimal()]
    said = [request.POST.get(f"text-{at}", "") for at in chosen]
    who = [request.POST.get(f"who-{at}", "") for at in chosen] if request.POST.get("keep_who") else []
    try:
        place = found_place(actor, Spot(address=context["address"][:200]))
        made = open_from_group(actor, kind=context["kind"], said=said, place=place, who=who)
    except Refusal as refused:
        return render(request, "web/paste.html", {**context, "problem": refused.words}, status=422)
    done(request, _("已登记%(number)s。") % {"number": made.number})
    return redirect("matter", number=made.number)


@never_cache
@require_GET
@page()
def share_matter(request: HttpRequest, number: str) -> HttpResponse:
    """Text, picture and link of a matter for a private group: its kind and number, nothing else of it."""
    actor = actor_of(request)
    found = matter_by_number(actor, number)
    names = kept_names(actor, matter=found)
    if names:
        note_read(actor, subject_type="matters.matter", subject_id=str(found.pk), purpose=number)
    link = request.build_absolute_uri(reverse("matter", args=[number]))
    text = _("【%(kind)s】%(number)s，请登录后办理：%(link)s") % {
        "kind": say(KINDS[found.kind].words),
        "number": number,
        "link": link,
    }
    return _share(
        request, title=number, text=text, link=link, card=reverse("share_matter_card", args=[number]), names=names
    )


@never_cache
@require_GET
@page()
def matter_card(request: HttpRequest, number: str) -> HttpResponse:
    """The picture: kind, number, QR of the link."""
    found = matter_by_number(actor_of(request), number)
    link = request.build_absolute_uri(reverse("matter", args=[number]))
    return _png(say(KINDS[found.kind].words), number, _("扫码登录后办理"), link)


@never_cache
@require_GET
@page()
def share_alert(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Text, picture and link of a warning."""
    row = alert_by_id(actor_of(request), key)
    link = residents_url(request, reverse("portal_alert", args=[key]))
    text = microblog(row.said, link=link)
    return _share(request, title=row.headline, text=text, link=link, card=reverse("share_alert_card", args=[key]))


@never_cache
@require_GET
@page()
def alert_card(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The picture: event, headline, what to do, QR of the public page."""
    row = alert_by_id(actor_of(request), key)
    link = residents_url(request, reverse("portal_alert", args=[key]))
    kind = f"演习·{EVENTS[row.event].words.zh}" if row.drill else EVENTS[row.event].words.zh
    return _png(kind, row.headline, row.instruction, link)


def _share(
    request: HttpRequest, *, title: str, text: str, link: str, card: str, names: Sequence[str] = ()
) -> HttpResponse:
    crumbs = [(title, link), (_("复制到群"), "")]
    context = {"title": title, "text": text, "link": link, "card": card, "crumbs": crumbs, "names": names}
    return render(request, "web/share.html", context)


def _png(kind: str, headline: str, what: str, link: str) -> HttpResponse:
    sheet = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, _WIDTH, 110), fill=_ACCENT)
    pen.text((_EDGE, 28), kind[:14], font=_font(44), fill=_PAPER)
    y = _text(pen, headline, 140, size=40, most=3)
    _text(pen, what, y + 16, size=30, most=7)
    code = Image.open(_qr(link)).convert("RGB").resize((340, 340), Image.Resampling.NEAREST)
    sheet.paste(code, ((_WIDTH - 340) // 2, 600))
    pen.text((_EDGE, 950), "长按识别二维码", font=_font(26), fill=_INK)
    out = BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return HttpResponse(out.getvalue(), content_type="image/png")


def _qr(link: str) -> BytesIO:
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    out.seek(0)
    return out


def _text(pen: ImageDraw.ImageDraw, text: str, y: int, *, size: int, most: int) -> int:
    """Write text in lines that fit; the next line's height comes back."""
    font = _font(size)
    rows, row = [], ""
    for sign in " ".join(text.split()):
        if pen.textlength(row + sign, font=font) > _WIDTH - 2 * _EDGE:
            rows.append(row)
            row = ""
        row += sign
    rows.append(row)
    if len(rows) > most:
        rows = [*rows[: most - 1], rows[most - 1][:-1] + "…"]
    for one in rows:
        pen.text((_EDGE, y), one, font=font, fill=_INK)
        y += round(size * 1.4)
    return y


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / "NotoSansCJK-Regular.ttc"), size, index=_SIMPLIFIED)
