"""The ways out and the systems beside us: how each does now, its settings, a test. Secrets are written, never shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.web.filling import Crumb, carry_out, choices_of, done, show_form, status_of
from linli.web.visitor import actor_of, page
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules.shapes import KINDS
from linli.works.exchange.acts.registering import register_peer
from linli.works.exchange.models import Peer
from linli.works.exchange.queries import peer_state
from linli.works.outbox.acts.queueing import try_channel
from linli.works.outbox.models import MESSAGE_LIFE
from linli.works.outbox.queries import channel_state, recent_messages

POSTS = ("administrator", "auditor")
_CODE = r"^[0-9A-Za-z_-]+$"


class ChannelForm(forms.Form):
    """One way out."""

    channel = forms.RegexField(
        _CODE, label=gettext_lazy("名称"), max_length=20, help_text=gettext_lazy("消息用的名字：wecom、sms、voice…")
    )
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    url = forms.CharField(label=gettext_lazy("网关地址"), max_length=300, required=False)
    secret = forms.CharField(label=gettext_lazy("密钥"), required=False, widget=forms.PasswordInput())
    receipt_secret = forms.CharField(label=gettext_lazy("回执密钥"), required=False, widget=forms.PasswordInput())
    corp_id = forms.CharField(label=gettext_lazy("企业微信企业ID"), max_length=64, required=False)
    agent_id = forms.CharField(label=gettext_lazy("企业微信应用ID"), max_length=20, required=False)
    place = forms.IntegerField(
        label=gettext_lazy("顺序"), min_value=1, max_value=99, initial=1, help_text=gettext_lazy("不通时由下一个替补")
    )
    quiet_from = forms.TimeField(label=gettext_lazy("免打扰从"), required=False)
    quiet_until = forms.TimeField(label=gettext_lazy("免打扰到"), required=False)
    own_order = forms.BooleanField(label=gettext_lazy("各人可以调整它的先后"), required=False, initial=True)
    enabled = forms.BooleanField(label=gettext_lazy("启用"), required=False, initial=True)

    def __init__(self, data: Any = None, *, config: ChannelConfig | None = None) -> None:
        super().__init__(data, initial=_channel_values(config) if config else None)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = choices_of(KINDS)
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        if config:
            self.fields["channel"].disabled = True
            self.fields["secret"].help_text = self.fields["receipt_secret"].help_text = _("不显示；留空表示不改。")

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if bool(given.get("quiet_from")) != bool(given.get("quiet_until")):
            self.add_error("quiet_until", _("免打扰要有起止两个时间。"))
        return given

    def facts(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of ``set_channel``."""
        names = ("channel", "kind", "url", "secret", "receipt_secret", "enabled", "place", "own_order")
        quiet = (given["quiet_from"], given["quiet_until"]) if given["quiet_from"] else None
        options = {name: given[name] for name in ("corp_id", "agent_id") if given[name]}
        return {**{name: given[name] for name in names}, "options": options, "quiet": quiet}


_PLAIN = ("kind", "url", "enabled", "place", "own_order", "quiet_from", "quiet_until")


def _channel_values(config: ChannelConfig) -> dict[str, Any]:
    plain = {name: getattr(config, name) for name in _PLAIN}
    return {**plain, "channel": config.name, **config.options}


class PeerForm(forms.Form):
    """One system beside us."""

    peer = forms.RegexField(
        _CODE, label=gettext_lazy("名称"), max_length=40, help_text=gettext_lazy("对方系统对自己的称呼")
    )
    kind = forms.ChoiceField(label=gettext_lazy("对接方式"))
    our_name = forms.CharField(label=gettext_lazy("对方怎么称呼我们"), max_length=40, initial="linli")
    url = forms.CharField(label=gettext_lazy("地址"), max_length=300, required=False)
    key = forms.CharField(
        label=gettext_lazy("密钥"), required=False, widget=forms.PasswordInput(), help_text=gettext_lazy("至少16个字符")
    )
    inbox = forms.CharField(label=gettext_lazy("收件文件夹"), max_length=300, required=False)
    outbox = forms.CharField(label=gettext_lazy("发件文件夹"), max_length=300, required=False)
    agency_code = forms.CharField(label=gettext_lazy("代表的联动单位代码"), max_length=24, required=False)
    field_map = forms.CharField(
        label=gettext_lazy("字段对照（TOML）"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    wants_all = forms.BooleanField(label=gettext_lazy("接收全部警情状态"), required=False)
    enabled = forms.BooleanField(label=gettext_lazy("启用"), required=False, initial=True)

    def __init__(self, data: Any = None, *, held: Peer | None = None) -> None:
        values = {name: getattr(held, name) for name in self.base_fields if hasattr(held, name)} if held else {}
        values.pop("key", None)
        super().__init__(data, initial={**values, "peer": held.name} if held else None)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = choices_of(Peer.KINDS)
        if held:
            self.fields["peer"].disabled = True
            self.fields["key"].help_text = _("不显示；留空表示不改。")


class TestForm(forms.Form):
    """To whom a test message goes."""

    address = forms.CharField(label=gettext_lazy("发给"), max_length=120)


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [(_("管理"), reverse("administration")), (_("通道与对接"), reverse("gateways")), *more]


@never_cache
@require_GET
@page(*POSTS)
def index(request: HttpRequest) -> HttpResponse:
    """Every channel and peer, and how it does now."""
    actor, now = actor_of(request), clock.now()
    context = {
        "channels": [
            {"row": row, "kind": KINDS[row.kind], "state": channel_state(row.name, now)}
            for row in ChannelConfig.objects.visible_to(actor)
        ],
        "peers": [
            {"row": row, "kind": Peer.KINDS[row.kind], "state": peer_state(row)}
            for row in Peer.objects.visible_to(actor).order_by("name")
        ],
        "may_set": holds_right(actor, "channel.set", None),
        "crumbs": [(_("管理"), reverse("administration")), (_("通道与对接"), "")],
    }
    return render(request, "web/gateways.html", context)


def _channel(actor: Actor, name: str) -> ChannelConfig:
    found = ChannelConfig.objects.visible_to(actor).filter(name=name).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def channel_new(request: HttpRequest) -> HttpResponse:
    """One more way out."""
    return _channel_form(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def channel_change(request: HttpRequest, name: str) -> HttpResponse:
    """Other settings of a way out."""
    return _channel_form(request, _channel(actor_of(request), name))


def _channel_form(request: HttpRequest, held: ChannelConfig | None) -> HttpResponse:
    actor = actor_of(request)
    form = ChannelForm(request.POST or None, config=held)
    made = carry_out(form, lambda given: set_channel(actor, **form.facts(given)))
    if made is not None:
        done(request, _("通道%(name)s已保存。") % {"name": made.name})
        return redirect("channel", name=made.name)
    title = held.name if held else _("新通道")
    crumbs = _crumbs((title, ""))
    return show_form(
        request, form, title=title, submit=_("保存"), back=reverse("gateways"), crumbs=crumbs, wide=("url",)
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POSTS)
def channel(request: HttpRequest, name: str) -> HttpResponse:
    """One channel: how it does, its latest messages, a test message."""
    actor = actor_of(request)
    row = _channel(actor, name)
    form = TestForm(request.POST or None)
    if carry_out(form, lambda given: try_channel(actor, channel=row, address=given["address"])) is not None:
        done(request, _("测试消息已排队，结果显示在下面。"))
        return redirect("channel", name=name)
    context = {
        "row": row,
        "kind": KINDS[row.kind],
        "state": channel_state(row.name, clock.now()),
        "sent": [
            {"row": one, "words": MESSAGE_LIFE.state(one.state).words} for one in recent_messages(actor, channel=name)
        ],
        "form": form,
        "may_set": holds_right(actor, "channel.set", None),
        "crumbs": _crumbs((row.name, "")),
    }
    return render(request, "web/channel.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def peer_new(request: HttpRequest) -> HttpResponse:
    """One more system beside us."""
    return _peer_form(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def peer_change(request: HttpRequest, name: str) -> HttpResponse:
    """Other settings of a peer."""
    held = Peer.objects.visible_to(actor_of(request)).filter(name=name).first()
    if held is None:
        raise NotFound("row.unknown", what=name)
    return _peer_form(request, held)


def _peer_form(request: HttpRequest, held: Peer | None) -> HttpResponse:
    actor = actor_of(request)
    form = PeerForm(request.POST or None, held=held)
    made = carry_out(form, lambda given: register_peer(actor, **given))
    if made is not None:
        done(request, _("对接%(name)s已保存。") % {"name": made.name})
        return redirect("gateways")
    title = held.name if held else _("新对接")
    return show_form(
        request,
        form,
        title=title,
        submit=_("保存"),
        back=reverse("gateways"),
        crumbs=_crumbs((title, "")),
        wide=("url", "inbox", "outbox", "field_map"),
    )
