"""Sign-in: password with a second factor or a passkey by allauth; on a demo installation each role by a tap."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from linli.org.people.models import Account
from linli.org.posts.rules import POSTS

ROLES = (
    ("dispatcher", "headset", _("接处警：队列、地图、一键派警")),
    ("community_officer", "device-mobile", _("手机：接令、出发、到场、办结、反馈")),
    ("station_chief", "clock", _("今日警情、超时、分流率")),
    ("call_taker", "phone-call", _("一行受理，边听边记")),
    ("station_desk", "building", _("本所警情与力量")),
    ("auxiliary", "users", _("随警务室力量出警")),
    ("bureau_leader", "chart-bar", _("全局今日情况")),
    ("administrator", "key", _("警务室、人员、装备")),
    ("grid_worker", "map-pin", _("上报社情，看到答复")),
    ("information_officer", "message-circle", _("听到什么就上报，做任务，看答复")),
    ("assistant", "arrow-up", _("签收上报，当日转办")),
    ("liaison_cadre", "user-check", _("我承诺的、等我办的")),
    ("property_manager", "building-community", _("例会前：我该带什么")),
    ("mediator", "heart-handshake", _("调解：案件、期限、协议")),
    ("lawyer", "users", _("坐班、预约、参加的调解")),
    ("auditor", "eye", _("一盘棋、留痕")),
)
"""The roles that the demo offers: what each one sees, in a few words."""


@method_decorator(never_cache, name="dispatch")
class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """allauth's sign-in with our page; the demo's role buttons beside it."""

    template_name = "web/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = [
            {"code": code, "icon": icon, "name": POSTS[code], "note": note}
            for code, icon, note in ROLES
            if settings.LINLI_DEMO
        ]
        return {**super().get_context_data(**kwargs), "roles": roles}


@require_POST
def demo_sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as a role of the demo, back to the page that asked for it. Elsewhere this address does not exist."""
    if not settings.LINLI_DEMO or role not in POSTS:
        raise Http404
    account = Account.objects.filter(username=f"demo-{role}", is_active=True).first()
    if account is None:
        raise Http404
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else "home")
