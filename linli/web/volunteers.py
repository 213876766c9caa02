"""Volunteers: the list with masked names, a card, enlisting, pausing, withdrawing. A look at a name needs a purpose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.parties.rules import masked_name, masked_phone
from linli.org.access.rules import holds_right
from linli.org.codecards.rules import fresh_pin
from linli.trail.reads.acts import note_read
from linli.volunteers.entering.acts import give_member_card
from linli.volunteers.members import acts
from linli.volunteers.members.models import MEMBER_LIFE, Member
from linli.volunteers.members.queries import member_by_code, members_of
from linli.web.code_cards import TOLD
from linli.web.context import ROOMS
from linli.web.filling import DateInput, carry_out, choices_of, done, show_form, status_of
from linli.web.registers import crumbs_under, page_of
from linli.web.rooms import WEEKDAYS
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page

FREE_HELP = gettext_lazy("例：周一至周五 08:30-17:30；周六 09:00-12:00")


class CardForm(forms.Form):
    """What may change on a card."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32)
    grid_code = forms.CharField(label=gettext_lazy("警格编号"), max_length=24, required=False)
    free = forms.CharField(label=gettext_lazy("可用时间"), max_length=200, required=False, help_text=FREE_HELP)
    at_night = forms.BooleanField(label=gettext_lazy("夜间也可联系（22点至7点）"), required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [("", "—"), *choices_of(Member.KINDS)]


class NewForm(CardForm):
    """A new volunteer, who has agreed to be on record."""

    code = forms.CharField(label=gettext_lazy("编号"), max_length=40)
    agency = forms.ChoiceField(label=gettext_lazy("联系单位"))
    consented_on = forms.DateField(
        label=gettext_lazy("本人同意日期"), widget=DateInput(), help_text=gettext_lazy("没有本人同意不登记")
    )
    field_order = ("code", "kind", "name", "phone", "agency", "grid_code", "consented_on", "free", "at_night")

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, initial={"consented_on": clock.today()})
        agency = self.fields["agency"]
        if isinstance(agency, forms.ChoiceField):
            agency.choices = [("", "—"), *agencies_in_reach(actor, "volunteer.register")]


class LookForm(forms.Form):
    """Why somebody's name and number are looked at."""

    purpose = forms.CharField(label=gettext_lazy("查看事由"), max_length=200)


def free_words(member: Member) -> str:
    """Free time as the form takes it back."""
    days: dict[str, list[int]] = {}
    for one in member.free_times.order_by("weekday", "from_minute"):
        days.setdefault(f"{_clock(one.from_minute)}-{_clock(one.until_minute)}", []).append(one.weekday)
    return "；".join(f"{part} {span}" for span, found in days.items() for part in _days(found))


def _days(found: list[int]) -> list[str]:
    """Days of the week as people say them: all of them, from … to …, or one by one."""
    if found == list(range(7)):
        return ["每天"]
    if len(found) > 1 and found == list(range(found[0], found[-1] + 1)):
        return [f"{WEEKDAYS[found[0]]}至{WEEKDAYS[found[-1]]}"]
    return [WEEKDAYS[day] for day in found]


def _clock(minute: int) -> str:
    return "24:00" if minute == 24 * 60 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _shown(row: Member) -> dict[str, Any]:
    return {
        "row": row,
        "kind": Member.KINDS[row.kind],
        "state": MEMBER_LIFE.state(row.state).words,
        "name": masked_name(row.name) or "—",
        "phone": masked_phone(row.phone) or "—",
    }


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """The volunteers of one's rooms; found by number, by a whole name or a whole telephone number."""
    actor = actor_of(request)
    chosen = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "grid", "state")}
    rows = members_of(
        actor, kind=chosen["kind"], grid=chosen["grid"], state=chosen["state"], words=chosen["q"]
    ).order_by("code")
    context: dict[str, Any] = page_of(request, rows)
    context["rows"] = [_shown(row) for row in context["rows"]]
    context |= {
        "kinds": Member.KINDS.items(),
        "states": MEMBER_LIFE.states,
        "chosen": chosen,
        "may_add": any(holds_right(actor, "volunteer.register", path) for path in actor.paths),
    }
    return render(request, "web/volunteers.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def member(request: HttpRequest, code: str) -> HttpResponse:
    """One card, masked. With a purpose, which is kept, name and number are shown on this answer only."""
    actor = actor_of(request)
    row = member_by_code(actor, code)
    form = LookForm(request.POST or None)
    shown = _shown(row)
    if form.is_bound and form.is_valid():
        note_read(actor, subject_type="volunteers.member", subject_id=str(row.pk), purpose=form.cleaned_data["purpose"])
        shown |= {"name": row.name, "phone": row.phone, "open": True}
    path = row.agency.path
    context = {
        **shown,
        "free": free_words(row),
        "form": form,
        "moves": [
            move
            for move in MEMBER_LIFE.moves_from(row.state)
            if not move.machine and holds_right(actor, "volunteer.move", path)
        ],
        "may_give": row.state == "active" and row.person is None and holds_right(actor, "volunteer.give_card", path),
        "may_change": row.state != "withdrawn" and holds_right(actor, "volunteer.change", path),
        "crumbs": crumbs_under("volunteers", _("志愿者"), (row.code, "")),
    }
    return render(request, "web/volunteer.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def new(request: HttpRequest) -> HttpResponse:
    """One more volunteer."""
    actor = actor_of(request)
    form = NewForm(request.POST or None, actor=actor)

    def deed(facts: dict[str, Any]) -> Member:
        return acts.register_member(actor, **{**facts, "agency": agency_by_code(actor, facts["agency"])})

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("%(name)s已登记。") % {"name": made.code})
        return redirect("volunteer", code=made.code)
    crumbs = crumbs_under("volunteers", _("志愿者"), (_("登记志愿者"), ""))
    back = reverse("volunteers")
    note = _("姓名和电话加密保存，平时遮盖；本人随时可以退出，退出即删除。")
    return show_form(
        request, form, title=_("登记志愿者"), submit=_("登记"), back=back, crumbs=crumbs, note=note, wide=("free",)
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Other facts of a card; name and number are written, not shown."""
    actor = actor_of(request)
    row = member_by_code(actor, code)
    initial = {name: getattr(row, name) for name in ("kind", "grid_code", "at_night")}
    form = CardForm(request.POST or None, initial={**initial, "free": free_words(row)})
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), initial=row.version)
    for name in ("name", "phone"):
        form.fields[name].required = False
        form.fields[name].help_text = _("不显示；留空表示不改。")
    if carry_out(form, lambda facts: acts.change_member(actor, member=row, **facts)) is not None:
        done(request, _("已保存。"))
        return redirect("volunteer", code=code)
    back = reverse("volunteer", args=[code])
    crumbs = crumbs_under("volunteers", _("志愿者"), (row.code, back), (_("变更"), ""))
    title = _("变更志愿者")
    return show_form(request, form, title=title, submit=_("保存"), back=back, crumbs=crumbs, wide=("free",))


@require_POST
@page(*ROOMS)
def move_one(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Pause or resume."""
    actor = actor_of(request)
    acts.move_member(actor, member=member_by_code(actor, code), move=move)
    done(request, _("已保存。"))
    return redirect("volunteer", code=code)


@require_POST
@page(*ROOMS)
def give_card(request: HttpRequest, code: str) -> HttpResponse:
    """A code card under a number: it is printed, and its PIN told once, where the other cards are."""
    actor, starter = actor_of(request), fresh_pin()
    card = give_member_card(actor, member=member_by_code(actor, code), starter=starter)
    request.session[TOLD] = [[card.person.name, starter]]
    done(request, _("已发码卡，卡上只有代号。请打印，并当面告知初始密码。"))
    return redirect("code_cards")


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Consent has ended: name and number are erased."""
    actor = actor_of(request)
    row = member_by_code(actor, code)
    form = forms.Form({} if request.method == "POST" else None)
    if carry_out(form, lambda _facts: acts.withdraw_member(actor, member=row)) is not None:
        done(request, _("已退出，姓名和电话已删除。"))
        return redirect("volunteers")
    back = reverse("volunteer", args=[code])
    return show_form(
        request,
        form,
        title=_("志愿者退出"),
        submit=_("退出并删除"),
        back=back,
        crumbs=crumbs_under("volunteers", _("志愿者"), (row.code, back), (_("志愿者退出"), "")),
        note=_("姓名、电话、可用时间和登录用的码卡立即删除，不能恢复。"),
        danger=True,
    )
