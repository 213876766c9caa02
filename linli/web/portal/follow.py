"""Following what one sent: by number and code, in the body of a request, never in an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.kernel.errors import Refusal
from linli.matters.kinds import KINDS
from linli.matters.public.acts import RESIDENT, add_photo, found_by_code, give_opinion, is_settled
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import steps_of
from linli.matters.public.rules import FORMS, MOST_PHOTOS, OPINIONS, READERS
from linli.matters.thanks.queries import told_to_giver
from linli.web.portal.door import carried
from linli.web.portal.photos import kept_photos
from linli.web.portal.report import refused_whole
from linli.web.portal.showing import open_door, show
from linli.web.templatetags.linli_web import say


class FollowForm(forms.Form):
    """Number and code, and what is done with them."""

    number = forms.CharField(max_length=32)
    code = forms.CharField(max_length=20)
    do = forms.CharField(required=False, max_length=10)
    opinion = forms.CharField(required=False, max_length=10)
    opinion_text = forms.CharField(required=False)


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """What became of it, the answer, and one's opinion of the outcome; a photograph may be added."""
    if request.method != "POST":
        return _ask(request)
    try:
        form = FollowForm(request.POST)
    except (SuspiciousOperation, MultiPartParserError):
        return refused_whole(request)
    if not form.is_valid():
        return _ask(request, _("请填写编号和查询码。"), form.data, status=422)
    values = form.cleaned_data
    try:
        found = found_by_code(values["number"], values["code"])
    except Refusal as refusal:
        return _ask(request, str(say(refusal.words)), form.data, status=refusal.status)
    if found is None:
        return _ask(request, _("编号和查询码对不上，请再看一遍。"), form.data, status=404)
    try:
        said = _done(request, found, values)
    except Refusal as refusal:
        return _shown(request, found, values, trouble=str(say(refusal.words)), status=refusal.status)
    return _shown(request, found, values, said=said)


def _done(request: HttpRequest, found: PublicReport, values: dict[str, Any]) -> str:
    if values["do"] == "opinion":
        give_opinion(RESIDENT, report=found, opinion=values["opinion"], text=values["opinion_text"])
        return _("谢谢，警务室和派出所领导会看到。")
    if values["do"] == "photo":
        held = found.matter.attachments.kept().count()
        for photo in kept_photos(request, already=held):
            add_photo(RESIDENT, report=found, photo=photo)
        return _("照片收到了。")
    return ""


def _ask(request: HttpRequest, trouble: str = "", values: Any = None, *, status: int = 200) -> HttpResponse:
    context = {"trouble": trouble, "values": values or {}, "carried": carried(request), "report": None}
    return show(request, "web/door_follow.html", context, status=status)


def _shown(
    request: HttpRequest,
    found: PublicReport,
    values: dict[str, Any],
    *,
    said: str = "",
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    matter = found.matter
    told = told_to_giver(matter)
    declared = FORMS[found.form]
    context = {
        "report": found,
        "number": matter.number,
        "code": values["code"],
        "form_words": declared.words,
        "state": KINDS[matter.kind].workflow.state(matter.state).words,
        "steps": steps_of(found),
        "answer": found.answer or told.answer,
        "thanks": told.thanks,
        "readers": READERS[found.readers],
        "may_say": is_settled(found) and found.opinion_at is None,
        "opinion": OPINIONS.get(found.opinion),
        "opinions": OPINIONS.items(),
        "may_photo": declared.photos and matter.closed_at is None,
        "photos": matter.attachments.kept().count(),
        "most_photos": MOST_PHOTOS,
        "said": said,
        "trouble": trouble,
        "carried": carried(request),
    }
    return show(request, "web/door_follow.html", context, status=status)
