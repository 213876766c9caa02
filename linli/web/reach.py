"""How I am reached: my channels in my own order, quiet hours, language, and "test my alert"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel.errors import NotFound
from linli.org.calendars.acts import close_calendar, open_calendar
from linli.org.calendars.queries import link_of
from linli.org.people.models import Person
from linli.org.reach.acts import try_alert_of, try_my_alert
from linli.org.reach.queries import Way, ways_to
from linli.web.filling import carry_out, done, status_of
from linli.web.visitor import actor_of, page
from linli.works.channels.acts.setting import wish_channels
from linli.works.channels.queries import wish_of

_NEW_LINK = "new_calendar_link"
_LANGUAGES = [("zh", "中文"), ("en", "English")]


class WishForm(forms.Form):
    """The channel that comes first, language, quiet hours."""

    first = forms.ChoiceField(label=gettext_lazy("先用哪个"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("消息用什么语言"), choices=_LANGUAGES)
    quiet_from = forms.TimeField(label=gettext_lazy("免打扰从"), required=False)
    quiet_until = forms.TimeField(label=gettext_lazy("免打扰到"), required=False)

    def __init__(self, data: Any = None, *, ways: list[Way], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        first = self.fields["first"]
        if isinstance(first, forms.ChoiceField):
            first.choices = [(way.config.name, way.config.name) for way in ways if way.may_move]
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        self.fields["quiet_until"].help_text = _("派警、催办不受免打扰限制。")

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if bool(given.get("quiet_from")) != bool(given.get("quiet_until")):
            self.add_error("quiet_until", _("免打扰要有起止两个时间。"))
        return given


@never_cache
@require_http_methods(["GET", "POST"])
@page()
def mine(request: HttpRequest) -> HttpResponse:
    """My channels, my last test on each, my wishes."""
    actor = actor_of(request)
    person = Person.objects.filter(pk=actor.id).first()
    if person is None:
        raise NotFound("row.unknown", what=actor.name)
    ways, wish = ways_to(person), wish_of(person.pk)
    names = [way.config.name for way in ways if way.may_move]
    held: dict[str, Any] = {"first": names[0]} if names else {}
    if wish:
        held |= {"language": wish.language, "quiet_from": wish.quiet_from, "quiet_until": wish.quiet_until}
    form = WishForm(request.POST or None, ways=ways, initial=held)

    def deed(given: dict[str, Any]) -> Any:
        first = given["first"]
        order = [first, *(name for name in names if name != first)] if first else names
        quiet = (given["quiet_from"], given["quiet_until"]) if given["quiet_from"] else None
        return wish_channels(actor, order=order, language=given["language"], quiet=quiet)

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("my_channels")
    context = {
        "ways": ways,
        "form": form,
        "link": link_of(actor),
        "new_link": request.session.pop(_NEW_LINK, ""),
        "crumbs": [(_("我的"), reverse("mine")), (_("怎么通知我"), "")],
    }
    return render(request, "web/my_channels.html", context, status=status_of(form))


@require_POST
@page()
def calendar_open(request: HttpRequest) -> HttpResponse:
    """A new address of my calendar: shown once, on the page that follows."""
    word = open_calendar(actor_of(request))
    request.session[_NEW_LINK] = request.build_absolute_uri(f"/calendar/{word}.ics")
    done(request, _("日历地址已生成，只显示这一次。"))
    return redirect("my_channels")


@require_POST
@page()
def calendar_close(request: HttpRequest) -> HttpResponse:
    """The address ends."""
    close_calendar(actor_of(request))
    done(request, _("日历地址已停用。"))
    return redirect("my_channels")


@require_POST
@page()
def test(request: HttpRequest) -> HttpResponse:
    """Test my alert."""
    actor = actor_of(request)
    person = Person.objects.filter(pk=actor.id).first()
    if person is None:
        raise NotFound("row.unknown", what=actor.name)
    try_my_alert(actor, person=person)
    done(request, _("测试已发出，请看手机；结果几秒后显示在下面。"))
    return redirect("my_channels")


@require_POST
@page("administrator", "station_chief")
def test_other(request: HttpRequest, staff_no: str) -> HttpResponse:
    """Test somebody's alert."""
    actor = actor_of(request)
    person = Person.objects.visible_to(actor).filter(staff_no=staff_no).first()
    if person is None:
        raise NotFound("row.unknown", what=staff_no)
    try_alert_of(actor, person=person)
    done(request, _("测试已发出，结果几秒后显示在“怎么通知”里。"))
    return redirect("person", staff_no=staff_no)
