"""The forms of the rooms' pages: they parse; whether it may be done is for the act to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.rooms.acts import Thing
from linli.org.rooms.models import Equipment

ROOM_KINDS = [(code, Agency.KINDS[code][0]) for code in Agency.ROOM_KINDS]
ZONES = [(code, words[0]) for code, words in Agency.ZONES.items()]
THINGS = [(code, words.zh) for code, words in Equipment.KINDS.items()]
USUAL_SERVICES = "报警求助\n矛盾调解\n反诈咨询\n证明开具咨询\n身份证代办"
USUAL_THINGS = "response_car\nradio\nbody_recorder\nfirst_aid\nextinguisher"


class NewRoom(forms.Form):
    """One more room with all it has."""

    name = forms.CharField(label=_("名称"), max_length=80)
    code = forms.CharField(label=_("代码"), max_length=24, help_text=_("字母、数字和短横线"))
    kind = forms.ChoiceField(label=_("类别"), choices=ROOM_KINDS)
    parent = forms.ModelChoiceField(label=_("上级单位"), queryset=Agency.objects.none())
    zone = forms.ChoiceField(label=_("地域"), choices=ZONES, help_text=_("决定承诺的到场时限"))
    phone = forms.CharField(label=_("警务室电话"), max_length=32, required=False)
    lon = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    hours = forms.CharField(
        label=_("开放时间"), initial="每天 24小时", help_text=_("例：周一至周五 08:30-17:30；周六 09:00-12:00")
    )
    services = forms.CharField(
        label=_("服务清单（每行一项）"),
        widget=forms.Textarea(attrs={"rows": 5}),
        initial=USUAL_SERVICES,
        required=False,
    )
    equipment = forms.MultipleChoiceField(
        label=_("装备（各一件）"),
        choices=THINGS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=USUAL_THINGS.split(),
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        reach = [
            row.pk
            for row in Agency.objects.visible_to(actor).at_work().exclude(kind="partner")
            if actor.reaches(row.path)
        ]
        field = self.fields["parent"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Agency.objects.filter(pk__in=reach, kind__in=("station", "central_room", "town_room"))

    def facts(self) -> dict[str, Any]:
        """The arguments of ``open_room``."""
        given = dict(self.cleaned_data)
        code = given["code"]
        given["services"] = [line.strip() for line in given["services"].splitlines() if line.strip()]
        given["equipment"] = [Thing(kind=kind, serial=f"{code}-{kind}-1") for kind in given["equipment"]]
        return given


class HoursForm(forms.Form):
    hours = forms.CharField(label=_("开放时间"), help_text=_("例：周一至周五 08:30-17:30；周六 09:00-12:00"))


class ServicesForm(forms.Form):
    services = forms.CharField(label=_("服务清单（每行一项）"), widget=forms.Textarea(attrs={"rows": 5}))


class ThingForm(forms.Form):
    kind = forms.ChoiceField(label=_("装备"), choices=THINGS)
    serial = forms.CharField(label=_("编号"), max_length=40)
    inspect_due_on = forms.DateField(
        label=_("下次检查"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class MoveForm(forms.Form):
    holder = forms.UUIDField(required=False)
    note = forms.CharField(max_length=200, required=False)
    next_due_on = forms.DateField(required=False)
