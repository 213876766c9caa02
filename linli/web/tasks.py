"""任务: sending one down, the gate before it, one's own answer, how far it has come, a look at some of what is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.tasks import acts
from linli.matters.tasks.models import OPEN, RECEIPT, TASKING, Allowance, Receipt, Tasking
from linli.matters.tasks.queries import (
    SENDERS,
    allowances,
    over_the_gate,
    own_open,
    parts_of,
    places_of,
    reach_of,
    receipt_by_id,
    receipt_of,
    receipts_of,
    sending_post,
    standing_of,
    tasking_by_id,
    taskings_of,
    to_decide,
    to_words,
)
from linli.matters.tasks.rules import CHECKS, DEFAULT_A_WEEK, MEANT, SOURCES, ends_at_of
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS
from linli.web.filling import DateInput, carry_out, choices_of, done, show_form
from linli.web.registers import page_of
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page

READERS = tuple(dict.fromkeys((*MEANT, *SENDERS, "administrator")))
SETTERS = ("bureau_leader", "administrator")
SHOWN = {
    "open": gettext_lazy("未完成"),
    "done": gettext_lazy("已完成"),
    "drawn": gettext_lazy("抽查"),
    "all": gettext_lazy("全部"),
}


class TaskForm(forms.Form):
    """A task: what, for whom, until when."""

    title = forms.CharField(label=gettext_lazy("任务名称"), max_length=80)
    what = forms.CharField(label=gettext_lazy("要做什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    area = forms.ChoiceField(label=gettext_lazy("下发范围"), help_text=gettext_lazy("该单位及其下属"))
    posts = forms.MultipleChoiceField(
        label=gettext_lazy("发给哪些岗位"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(p, POSTS[p].zh) for p in MEANT],
    )
    ends_on = forms.DateField(label=gettext_lazy("截止日"), widget=DateInput(), help_text=gettext_lazy("当日24点结束"))
    parts = forms.IntegerField(label=gettext_lazy("每人几项"), min_value=1, max_value=999, initial=1)
    source = forms.ChoiceField(label=gettext_lazy("来源"))
    basis = forms.CharField(
        label=gettext_lazy("依据的规定"), max_length=120, required=False, help_text=gettext_lazy("规定任务必填")
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, initial={"ends_on": clock.today() + timedelta(days=6), "source": "order"})
        offered = {"area": agencies_in_reach(actor, "task.issue"), "source": choices_of(SOURCES)}
        offered["posts"] = choices_of({post: POSTS[post] for post in MEANT})
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(choices)


@never_cache
@require_GET
@page(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """One's own to do, what waits for a word, and the tasks that one's places have sent or got."""
    actor = actor_of(request)
    state = request.GET.get("state", "")
    state = state if state in {one.name for one in TASKING.states} else ""
    leads = actor.holds(*SENDERS, "administrator")
    context = page_of(request, taskings_of(actor, state=state))
    context["rows"] = [_line(actor, row) for row in context["rows"]] if leads else []
    context |= {
        "own": [{"row": row, "state": RECEIPT.state(row.state).words} for row in own_open(actor)[:60]],
        "asked": [_line(actor, row) for row in to_decide(actor)[:60]],
        "leads": leads,
        "states": TASKING.states,
        "chosen": state,
        "may_issue": any(holds_right(actor, "task.issue", path) for path in actor.paths),
        "may_allow": actor.holds(*SETTERS),
    }
    return render(request, "web/tasks.html", context)


def _line(actor: Actor, row: Tasking) -> dict[str, Any]:
    return {
        "row": row,
        "source": SOURCES[row.source],
        "state": TASKING.state(row.state).words,
        "to": to_words(row),
        "standing": standing_of(row),
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page(*SENDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Send a task: first how many it would reach and whether it needs a word, then it goes."""
    actor = actor_of(request)
    form = TaskForm(request.POST or None, actor=actor)
    preview: dict[str, Any] = {}
    if form.is_valid() and "send" not in request.POST:
        area = agency_by_code(actor, form.cleaned_data["area"])
        preview = _preview(actor, area, form.cleaned_data["posts"], form.cleaned_data["source"])
    elif "send" in request.POST:
        made = carry_out(form, lambda facts: _issued(actor, facts))
        if made is not None:
            waits = made.state == "asked"
            done(request, _("已提请批准，批准后立即下发。") if waits else _("已下发。"))
            return redirect("task", key=made.pk)
    crumbs = [(_("任务"), reverse("tasks")), (_("下发"), "")]
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/task_new.html", {"form": form, "preview": preview, "crumbs": crumbs}, status=status)


def _preview(actor: Actor, area: Agency, posts: list[str], source: str) -> dict[str, Any]:
    held = sending_post(actor, area)
    over = over_the_gate(Agency.objects.get(pk=held.agency_id), held.code, source, posts) if held else []
    return {
        "people": reach_of(area, posts),
        "area": area,
        "over": [{"post": POSTS[one.post], "sent": one.sent, "a_week": one.a_week} for one in over],
    }


def _issued(actor: Actor, facts: dict[str, Any]) -> Tasking:
    area = agency_by_code(actor, facts.pop("area"))
    ends_at = ends_at_of(facts.pop("ends_on"))
    return acts.issue_task(actor, area=area, ends_at=ends_at, **facts)


@never_cache
@require_GET
@page(*READERS)
def task(request: HttpRequest, key: UUID) -> HttpResponse:
    """One task: one's own answer on top; for who leads, how far each place has come and who is open."""
    actor = actor_of(request)
    row = tasking_by_id(actor, key)
    mine = receipt_of(actor, row)
    show = request.GET.get("show", "open")
    show = show if show in SHOWN else "open"
    leads = _leads(actor, row)
    context: dict[str, Any] = {"rows": [], "count": 0}
    if leads:
        context = page_of(request, receipts_of(actor, row, show=show))
        context["rows"] = [_receipt(actor, one, row) for one in context["rows"]]
    may = {name: holds_right(actor, f"task.{name}", row.agency.path) for name in ("recall", "close", "draw", "check")}
    context |= {
        "row": row,
        "what": row.matter.details.get("what", ""),
        "source": SOURCES[row.source],
        "state": TASKING.state(row.state).words,
        "to": to_words(row),
        "mine": mine,
        "mine_open": mine is not None and mine.state in OPEN and row.state == "running",
        "mine_state": RECEIPT.state(mine.state).words if mine else "",
        "leads": leads,
        "standing": standing_of(row),
        "parts": parts_of(row),
        "places": places_of(actor, row) if leads else [],
        "tabs": [{"words": words, "href": f"?show={code}", "current": code == show} for code, words in SHOWN.items()],
        "running": row.state == "running",
        "may": may,
        "may_decide": row.state == "asked"
        and row.issued_by_id != actor.id
        and holds_right(actor, "task.approve", row.agency.path),
        "crumbs": [(_("任务"), reverse("tasks")), (row.matter.number, "")],
    }
    return render(request, "web/task.html", context)


def _leads(actor: Actor, row: Tasking) -> bool:
    """Whether somebody's place sent the task, lies above where it went, or in it: he sees how far his own has come."""
    here = (row.agency.path, row.area.path)
    near = any(place.startswith(path) or path.startswith(row.area.path) for path in actor.paths for place in here)
    return near and actor.holds(*SENDERS, "administrator")


def _receipt(actor: Actor, one: Receipt, tasking: Tasking) -> dict[str, Any]:
    return {
        "row": one,
        "state": RECEIPT.state(one.state).words,
        "check": CHECKS[one.check_state] if one.check_state else "",
        "files": len(one.files.all()),
        "may_check": one.check_state == "drawn" and holds_right(actor, "task.check", tasking.agency.path),
    }


@require_POST
@page(*READERS)
def answer(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """One's own answer: read, or done (all, or so many)."""
    actor = actor_of(request)
    mine = receipt_of(actor, tasking_by_id(actor, key))
    if mine is None or name not in ("read", "report"):
        raise NotFound("row.unknown", what=name)
    if name == "read":
        acts.read_task(actor, receipt=mine)
    else:
        did = request.POST.get("did", "")
        acts.report_task(
            actor, receipt=mine, did=int(did) if did.isdigit() else None, remark=request.POST.get("remark", "")[:400]
        )
        done(request, _("已记下。"))
    return redirect("task", key=key)


@require_POST
@page(*SENDERS)
def act_on(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """What is done with a task as a whole: let through or not, ended, recalled, a sample drawn."""
    actor, word = actor_of(request), request.POST.get("word", "")[:400]
    row = tasking_by_id(actor, key)
    if name == "approve":
        acts.approve_task(actor, tasking=row, decision=word)
    elif name == "refuse":
        acts.refuse_task(actor, tasking=row, decision=word)
    elif name == "recall":
        acts.recall_task(actor, tasking=row, why=word)
    elif name == "close":
        acts.close_task(actor, tasking=row)
    elif name == "draw":
        count = request.POST.get("count", "")
        acts.draw_sample(actor, tasking=row, count=int(count) if count.isdigit() else 0)
        return redirect(f"{reverse('task', args=[key])}?show=drawn")
    else:
        raise NotFound("row.unknown", what=name)
    done(request, _("已办理。"))
    return redirect("task", key=key)


@require_POST
@page(*SENDERS)
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """What a look at a drawn one found."""
    actor = actor_of(request)
    receipt = receipt_by_id(actor, key)
    acts.check_receipt(
        actor, receipt=receipt, good=request.POST.get("good") == "1", word=request.POST.get("word", "")[:400]
    )
    return redirect(f"{reverse('task', args=[receipt.tasking_id])}?show=drawn")


class AllowForm(forms.Form):
    """One row of the gate."""

    agency = forms.ChoiceField(label=gettext_lazy("单位"), help_text=gettext_lazy("该单位及其下属"))
    issuer_post = forms.ChoiceField(label=gettext_lazy("谁下发"))
    to_post = forms.ChoiceField(label=gettext_lazy("发给谁"))
    a_week = forms.IntegerField(label=gettext_lazy("每周最多"), min_value=0, max_value=50)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        offered = {
            "agency": agencies_in_reach(actor, "task.allow"),
            "issuer_post": choices_of({post: POSTS[post] for post in SENDERS}),
            "to_post": choices_of({post: POSTS[post] for post in MEANT}),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(choices)


@never_cache
@require_GET
@page(*READERS)
def gate(request: HttpRequest) -> HttpResponse:
    """The admission gate: who may send how many a week to whom."""
    actor = actor_of(request)
    rows = [{"row": row, "issuer": POSTS[row.issuer_post], "to": POSTS[row.to_post]} for row in allowances()[:200]]
    defaults = [{"issuer": POSTS[post], "a_week": n} for post, n in DEFAULT_A_WEEK.items()]
    may = actor.holds(*SETTERS)
    return render(request, "web/task_gate.html", {"rows": rows, "defaults": defaults, "may": may})


@never_cache
@require_http_methods(["GET", "POST"])
@page(*SETTERS)
def allow(request: HttpRequest) -> HttpResponse:
    """Set one row of the gate."""
    actor = actor_of(request)
    form = AllowForm(request.POST or None, actor=actor)

    def deed(facts: dict[str, Any]) -> Allowance:
        return acts.allow(actor, **{**facts, "agency": agency_by_code(actor, facts["agency"])})

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("task_gate")
    crumbs = [(_("任务"), reverse("tasks")), (_("任务准入"), reverse("task_gate")), (_("设置"), "")]
    return show_form(request, form, title=_("任务准入"), submit=_("保存"), back=reverse("task_gate"), crumbs=crumbs)
