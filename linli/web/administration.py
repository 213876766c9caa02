"""The rooms behind the counter: what the machinery could not do, who looked at whose data, and the way there."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.trail.reads.queries import reads_of, subject_types
from linli.web.context import ROOMS
from linli.web.field_office import OFFICE
from linli.web.filling import DateInput, done
from linli.web.visitor import actor_of, page
from linli.works.jobs.acts import forget_job, retry_job
from linli.works.jobs.models import Job
from linli.works.jobs.queries import failed_jobs, overdue_count

POSTS = ("administrator", "auditor")
PAGE_ROWS = 100

LINKS: tuple[tuple[str, str, Any, Any, tuple[str, ...]], ...] = (
    ("people", "users", gettext_lazy("人员"), gettext_lazy("登记、任免、离岗、第二重验证"), ROOMS),
    ("organisation", "building", gettext_lazy("组织"), gettext_lazy("单位的设立、变更、撤销，排班"), ROOMS),
    ("rooms", "building-community", gettext_lazy("警务室"), gettext_lazy("开放时间、服务、装备、警组"), ROOMS),
    ("premises_list", "home", gettext_lazy("场所"), gettext_lazy("企业、商铺、学校、工地、出租房屋"), ROOMS),
    ("devices", "broadcast", gettext_lazy("前端设备"), gettext_lazy("视频登记、朝向、故障"), ROOMS),
    ("grading", "list-check", gettext_lazy("场所分级"), gettext_lazy("等级、措施、复查日期"), ROOMS),
    (
        "visit_settings",
        "walk",
        gettext_lazy("走访事由和检查表"),
        gettext_lazy("间隔、依据、检查项，按日期生效"),
        ("administrator", "station_chief", "community_officer", "bureau_leader", "auditor"),
    ),
    ("divergences", "arrows-join", gettext_lazy("手机并行改动"), gettext_lazy("两边不一致的，由人决定"), OFFICE),
    (
        "field_phones",
        "device-mobile",
        gettext_lazy("现场手机"),
        gettext_lazy("登记、未送达、遗失擦除"),
        (*OFFICE, "administrator"),
    ),
    ("volunteers", "users", gettext_lazy("志愿者"), gettext_lazy("登记、意愿、可用时间"), ROOMS),
    (
        "roads",
        "traffic-cone",
        gettext_lazy("道路"),
        gettext_lazy("封闭、恢复、启用路网"),
        ("dispatcher", "station_desk", "station_chief", "administrator"),
    ),
    (
        "code_cards",
        "key",
        gettext_lazy("码卡"),
        gettext_lazy("没有办公电脑的人凭卡登录：发卡、打印、作废"),
        ("community_officer", "station_desk", "station_chief", "administrator"),
    ),
    ("loads", "list-check", gettext_lazy("表格导入导出"), gettext_lazy("检查、写入、整批撤回；登记导出"), POSTS),
    (
        "feeds",
        "transfer-out",
        gettext_lazy("数据源"),
        gettext_lazy("其他系统的文件夹和签名包，每小时读入或导出"),
        POSTS,
    ),
    ("gateways", "bell-ringing", gettext_lazy("通道与对接"), gettext_lazy("消息通道、对接系统、测试"), POSTS),
    ("jobs", "refresh", gettext_lazy("失败的任务"), gettext_lazy("后台没有做成的事"), POSTS),
    (
        "limits",
        "clock",
        gettext_lazy("承诺时限"),
        gettext_lazy("按类别和地域"),
        ("station_chief", "bureau_leader", "administrator"),
    ),
    ("reads", "history", gettext_lazy("查阅记录"), gettext_lazy("谁看了谁的信息，事由"), (*ROOMS, "auditor")),
)
"""Name of the address, icon, title, what is there, for which posts."""

SUBJECTS = {
    "matters.party": Words("当事人", "a party of a matter"),
    "org.person": Words("人员", "a person card"),
    "volunteers.member": Words("志愿者", "a volunteer"),
}
"""What a look may be at, in words."""


class ReadsForm(forms.Form):
    """Which looks to list."""

    q = forms.CharField(label=gettext_lazy("查阅人、事由"), max_length=80, required=False)
    kind = forms.CharField(label=gettext_lazy("对象"), max_length=60, required=False)
    subject = forms.CharField(label=gettext_lazy("对象编号"), max_length=64, required=False)
    since = forms.DateField(label=gettext_lazy("从"), required=False, widget=DateInput())
    until = forms.DateField(label=gettext_lazy("到"), required=False, widget=DateInput())


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """What there is to look after, as far as it is the visitor's."""
    actor = actor_of(request)
    links = [
        {"href": reverse(name), "icon": icon, "title": title, "note": note}
        for name, icon, title, note, may in LINKS
        if actor.holds(*may)
    ]
    return render(request, "web/administration.html", {"links": links})


@never_cache
@require_GET
@page(*POSTS)
def jobs(request: HttpRequest) -> HttpResponse:
    """Jobs that were tried to the end and failed: somebody must look."""
    actor = actor_of(request)
    context = {
        "rows": failed_jobs(),
        "overdue": overdue_count(clock.now()),
        "may_retry": holds_right(actor, "job.retry", None),
        "crumbs": [(_("管理"), reverse("administration")), (_("失败的任务"), "")],
    }
    return render(request, "web/jobs.html", context)


@require_POST
@page("administrator")
def job_again(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """Try a failed job again, or give it up."""
    row = Job.objects.filter(pk=job).first()
    if row is None:
        raise NotFound("row.unknown", what=str(job))
    if request.POST.get("what") == "forget":
        forget_job(actor_of(request), job=row)
        done(request, _("已放弃，不再重试。"))
    else:
        retry_job(actor_of(request), job=row)
        done(request, _("已重新排队。"))
    return redirect("jobs")


def _start_of(day: date | None, *, after: int = 0) -> datetime | None:
    """Midnight in Shanghai at the beginning of a day, or of the one ``after`` days later."""
    return datetime.combine(day + timedelta(days=after), time(), clock.SHANGHAI) if day else None


@never_cache
@require_GET
@page(*ROOMS)
def reads(request: HttpRequest) -> HttpResponse:
    """Who looked at what, when and why: all of it for the auditor, one's own looks for everybody else."""
    actor = actor_of(request)
    form = ReadsForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = reads_of(
        actor,
        words=given.get("q", ""),
        subject_type=given.get("kind", ""),
        subject_id=given.get("subject", ""),
        since=_start_of(given.get("since")),
        until=_start_of(given.get("until"), after=1),
    )
    wanted = request.GET.get("page", "1")
    number = int(wanted) if wanted.isdigit() and wanted != "0" else 1
    rows = list(found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS + 1])
    links = {}
    for name, at, there in (("previous", number - 1, number > 1), ("next", number + 1, len(rows) > PAGE_ROWS)):
        onward = request.GET.copy()
        onward["page"] = str(at)
        links[name] = f"?{onward.urlencode()}" if there else ""
    context = {
        "rows": [{"row": row, "words": _subject(row.subject_type)} for row in rows[:PAGE_ROWS]],
        "kinds": [(kind, _subject(kind)) for kind in subject_types(actor)],
        "count": found.count(),
        "form": form,
        "chosen": {name: request.GET.get(name, "") for name in form.fields},
        "all_of_it": actor.holds("auditor"),
        "crumbs": [(_("管理"), reverse("administration")), (_("查阅记录"), "")],
        **links,
    }
    return render(request, "web/reads.html", context)


def _subject(subject_type: str) -> Words:
    return SUBJECTS.get(subject_type, Words(subject_type, subject_type))
