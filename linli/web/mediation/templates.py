"""The bureau's own Word templates paper by paper, and the table of legal clocks."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal
from linli.mediation.clocks.rules import CLOCKS, UNITS, is_in_force
from linli.mediation.templates.acts import bring_template, end_template, use_template
from linli.mediation.templates.models import PaperTemplate
from linli.mediation.templates.queries import (
    MOST_UNPACKED_MB,
    body_of,
    check_body,
    papers_with_templates,
    template_by_key,
    trial_print,
)
from linli.mediation.templates.rules import FIELDS_ALL, MUST, codes, fields_of
from linli.web.filling import done
from linli.web.mediation.pages import MEDIA, TABLES
from linli.web.registers import crumbs_under
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

SETS = ("bureau_leader", "administrator")


def _version(row: PaperTemplate) -> dict[str, Any]:
    found = check_body(row.code, body_of(row))
    return {
        "row": row,
        "good": found.good,
        "unknown": found.unknown,
        "missing": [FIELDS_ALL[name] for name in found.missing],
        "fault": found.fault,
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page(*SETS)
def index(request: HttpRequest) -> HttpResponse:
    """Every paper with what prints it now; the chosen one with its versions, each checked, and a form to bring one."""
    actor = actor_of(request)
    code, trouble = request.POST.get("code") or request.GET.get("paper", "people_agreement"), ""
    if code not in codes():
        raise NotFound("row.unknown", what=code[:32])
    if request.method == "POST":
        sent = request.FILES.get("file")
        if not isinstance(sent, UploadedFile) or (sent.size or 0) > MOST_UNPACKED_MB * 1_000_000:
            trouble = _("请选择一个Word文件（.docx）。")
        else:
            try:
                bring_template(actor, code=code, body=sent.read(), title=sent.name or "")
                done(request, _("已上传。检查通过后可以试打印，再启用。"))
                answer = redirect("mediation_templates")
                answer["Location"] += f"?paper={code}"
                return answer
            except Refusal as refusal:
                trouble = str(say(refusal.words))
    papers = papers_with_templates()
    chosen = next(one for one in papers if one.code == code)
    context = {
        "papers": papers,
        "chosen": chosen,
        "versions": [_version(row) for row in chosen.versions],
        "fields": [(f"{{{{ {name} }}}}", words, name in MUST.get(code, MUST["paper"])) for name, words in
                   fields_of(code).items()],
        "trouble": trouble,
        "crumbs": crumbs_under("mediation", _("调解"), (_("文书模板"), "")),
    }  # fmt: skip
    return render(request, "web/mediation_templates.html", context, status=422 if trouble else 200)


@require_POST
@page(*SETS)
def do(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Put a version in force (a new one or a former one), or go back to the house's own."""
    row = template_by_key(key)
    deed = end_template if request.POST.get("move") == "end" else use_template
    deed(actor_of(request), template=row)
    done(request, _("已保存。"))
    answer = redirect("mediation_templates")
    answer["Location"] += f"?paper={row.code}"
    return answer


@never_cache
@require_GET
@page(*SETS)
def trial(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """An invented case on this version, as Word."""
    row = template_by_key(key)
    name = f'attachment; filename="{row.code}-{row.number}.docx"'
    return HttpResponse(trial_print(row), content_type=MEDIA["docx"], headers={"Content-Disposition": name})


@never_cache
@require_GET
@page(*TABLES)
def clocks(request: HttpRequest) -> HttpResponse:
    """Each period of the law with its article and its dates of validity; what a lawyer should look at is marked."""
    today = clock.today()
    rows = [{"row": one, "unit": UNITS[one.unit], "current": is_in_force(one, today)} for one in CLOCKS]
    return render(request, "web/mediation_clocks.html", {"rows": rows})
