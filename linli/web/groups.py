"""Chat groups of villages and communities: set up, tested, ended."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.outreach.groups.acts import end_group, set_group, try_group
from linli.outreach.groups.models import Group
from linli.outreach.groups.queries import group_by_id, groups_of, last_told
from linli.outreach.groups.rules import KINDS
from linli.web.filling import carry_out, choices_of, done, show_form
from linli.web.registers import crumbs_under
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page
from linli.works.outbox.models import MESSAGE_LIFE

POSTS = ("community_officer", "station_chief", "bureau_leader", "dispatcher", "administrator")
KEEPERS = ("community_officer", "station_chief", "administrator")


class GroupForm(forms.Form):
    """One group and its robot."""

    agency = forms.ChoiceField(label=gettext_lazy("哪个辖区的群"))
    name = forms.CharField(label=gettext_lazy("群名"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    address = forms.CharField(
        label=gettext_lazy("机器人地址"),
        max_length=300,
        help_text=gettext_lazy("在群里添加机器人后整条复制过来。加密保存，不再显示。"),
    )
    sign = forms.CharField(label=gettext_lazy("钉钉加签密钥"), max_length=100, required=False)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        for name, choices in {"agency": agencies_in_reach(actor, "group.set"), "kind": choices_of(KINDS)}.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


@never_cache
@require_GET
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponse:
    """The groups of one's agencies, and whether the last message got there."""
    actor = actor_of(request)
    rows = [_shown(actor, row) for row in groups_of(actor).filter(enabled=True)]
    context = {
        "rows": rows,
        "may_add": any(holds_right(actor, "group.set", path) for path in actor.paths),
        "crumbs": crumbs_under("alerts", _("居民提醒"), (_("群"), "")),
    }
    return render(request, "web/groups.html", context)


def _shown(actor: Actor, row: Group) -> dict[str, Any]:
    told = last_told(row)
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "told": told,
        "state": MESSAGE_LIFE.state(told.state).words if told else None,
        "may": holds_right(actor, "group.test", row.agency.path),
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Set one up."""
    actor = actor_of(request)
    form = GroupForm(request.POST or None, actor=actor)

    def deed(given: dict[str, Any]) -> Group:
        return set_group(actor, **{**given, "agency": agency_by_code(actor, given["agency"])})

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("群已保存，请点“测试”看机器人能不能说话。"))
        return redirect("groups")
    crumbs = crumbs_under("groups", _("群"), (_("添加群"), ""))
    note = _(
        "企业微信、钉钉、飞书的群可以自动发。私人微信群没有机器人，请用“复制到群”。群里只发提醒和链接，没有个人信息。"
    )
    return show_form(
        request,
        form,
        title=_("添加群"),
        submit=_("保存"),
        back=reverse("groups"),
        crumbs=crumbs,
        note=note,
        wide=("address",),
    )


@require_POST
@page(*KEEPERS)
def test(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Send the test sentence."""
    actor = actor_of(request)
    try_group(actor, group=group_by_id(actor, key))
    done(request, _("测试消息已排队，结果显示在下面。"))
    return redirect("groups")


@require_POST
@page(*KEEPERS)
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Stop writing to it."""
    actor = actor_of(request)
    end_group(actor, group=group_by_id(actor, key))
    done(request, _("已停用，机器人地址已删除。"))
    return redirect("groups")
