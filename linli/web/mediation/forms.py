"""The forms of mediation: they parse; what is lawful is for the rules to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.words import Words
from linli.mediation.agreements.rules import ROLES, WAYS, AgreementFacts, InstalmentFacts
from linli.mediation.cases.rules import CAUSES, ENDINGS, PARTS, SAID_ENDINGS, SOURCES, CaseFacts
from linli.mediation.hours.rules import WEEKDAYS
from linli.mediation.papers.rules import CONTENTS
from linli.mediation.parties.rules import CONSENT, REACH, SIDES, PartyFacts
from linli.mediation.procedures.rules import BARS, PROCEDURES
from linli.mediation.schemes.rules import SAID, SIGNS
from linli.mediation.sessions.rules import BREAKS
from linli.web.filling import DateInput, MomentInput, choices_of
from linli.web.templatetags.linli_web import say

_ON_PROCEDURE = {code: one.words for code, one in PROCEDURES.items() if code != "on_spot"}
_ENDS = {code: ENDINGS[code] for code in SAID_ENDINGS if code != "not_performed"}
_READ = {
    "spoken": Words("当面宣读", "read aloud"),
    "paper": Words("书面签收", "signed for on paper"),
    "screen": Words("屏幕阅读", "on the screen"),
}


class Chosen(forms.ChoiceField):
    """A choice out of a declared table, in the reader's language."""

    def __init__(self, table: dict[str, Words], *, blank: str = "", **more: Any) -> None:
        super().__init__(choices=lambda: choices_of(table, blank=blank), **more)


class Several(forms.MultipleChoiceField):
    """Any of a declared table."""

    def __init__(self, table: dict[str, Words], **more: Any) -> None:
        widget = forms.CheckboxSelectMultiple()
        super().__init__(choices=lambda: choices_of(table), widget=widget, required=False, **more)


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CaseForm(forms.Form):
    """What is known of the dispute itself."""

    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    cause = Chosen(CAUSES, label=_("纠纷类型"))
    source = Chosen(SOURCES, label=_("怎样发现的"))
    amount_yuan = forms.IntegerField(label=_("争议金额（元）"), required=False, min_value=0)
    households = forms.IntegerField(
        label=_("涉及几户"), required=False, min_value=0, help_text=_("三户以上为群体性纠纷：只登记代表人")
    )
    answer_by = forms.DateField(label=_("最迟答复"), widget=DateInput(), required=False)
    language = forms.CharField(
        label=_("需要的语言或方言"), required=False, max_length=16, help_text=_("用来推荐会说的专家")
    )
    signs = Several({code: SIGNS[code] for code in SAID if code not in ("refused", "broken")}, label=_("情形"))

    def facts(self) -> CaseFacts:
        """As the act takes them."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return CaseFacts(**{**told, "signs": tuple(told["signs"])})


class GradeForm(forms.Form):
    """The colour that is decided."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    colour = forms.ChoiceField(label=_("定为"))
    why = forms.CharField(label=_("理由"), required=False, max_length=400, help_text=_("与建议不同的必须写"))


class PartyForm(forms.Form):
    """One party."""

    side = Chosen(SIDES, label=_("哪一方"))
    name = forms.CharField(label=_("姓名或名称"), max_length=80)
    phone = forms.CharField(label=_("电话"), max_length=32, required=False)
    id_number = forms.CharField(label=_("身份证号"), max_length=32, required=False)
    born_on = forms.DateField(label=_("出生日期"), widget=DateInput(), required=False)
    address = forms.CharField(label=_("住址"), max_length=160, required=False)
    guardian = forms.CharField(label=_("监护人（未满18周岁必填）"), max_length=80, required=False)
    guardian_phone = forms.CharField(label=_("监护人电话"), max_length=32, required=False)
    reach = Chosen(REACH, label=_("怎样通知"), required=False)
    agent = forms.CharField(label=_("委托代理人"), max_length=80, required=False)
    is_body = forms.BooleanField(label=_("单位"), required=False)

    def facts(self) -> PartyFacts:
        """As the act takes them."""
        return PartyFacts(**{**self.cleaned_data, "reach": self.cleaned_data["reach"] or "sms"})


class RightsForm(forms.Form):
    """How a party's rights were read, and whether it consents."""

    way = Chosen(_READ, label=_("怎样告知"))


class ConsentForm(forms.Form):
    """A party's answer."""

    consent = Chosen({code: CONSENT[code] for code in ("agreed", "refused")}, label=_("意愿"))


class AcceptForm(forms.Form):
    """Under which procedure."""

    procedure = Chosen(_ON_PROCEDURE, label=_("程序"))
    bars = Several(BARS, label=_("有无下列情形（有的不适用治安调解）"))


class MemberForm(forms.Form):
    """One more who works in it."""

    person = forms.ChoiceField(label=_("人员"))
    part = Chosen(PARTS, label=_("身份"))


class SessionForm(forms.Form):
    """When and where."""

    begins_at = forms.DateTimeField(label=_("时间"), widget=MomentInput())
    minutes = forms.IntegerField(label=_("预计（分钟）"), min_value=10, max_value=480, initial=60)
    room = forms.ChoiceField(label=_("调解室"), required=False)
    place = forms.CharField(label=_("其他地点"), max_length=160, required=False)
    link = forms.URLField(label=_("远程参加链接"), max_length=300, required=False, assume_scheme="https")


class SessionMoveForm(forms.Form):
    """What becomes of a session."""

    session = forms.UUIDField(widget=forms.HiddenInput())
    move = forms.CharField(max_length=12)
    reason = Chosen(BREAKS, blank="—", label=_("中止原因"), required=False)


class RecordForm(forms.Form):
    """What was said."""

    session = forms.UUIDField(widget=forms.HiddenInput())
    upon = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    words = forms.CharField(label=_("调解记录"), widget=_text(8), max_length=20_000)


class NoteForm(forms.Form):
    """For oneself."""

    words = forms.CharField(label=_("私人备忘（只有您看得到）"), widget=_text(), max_length=4000)


class AgreementForm(forms.Form):
    """The statutory contents."""

    facts = forms.CharField(label=_("纠纷的主要事实"), widget=_text(), max_length=4000)
    points = forms.CharField(label=_("争议事项"), widget=_text(2), max_length=2000)
    responsibility = forms.CharField(label=_("各方当事人的责任"), widget=_text(2), max_length=2000)
    agreed = forms.CharField(label=_("协议内容"), widget=_text(4), max_length=4000)
    manner = forms.CharField(label=_("履行方式"), max_length=400)
    perform_by = forms.DateField(label=_("最迟履行"), widget=DateInput())
    instalments = forms.CharField(
        label=_("分期履行"), widget=_text(2), required=False, help_text=_("每行一期：2026-12-01 四千元")
    )
    oral = forms.BooleanField(label=_("口头协议"), required=False)

    def told(self) -> AgreementFacts:
        """As the act takes them; raises ValidationError for a line that is no instalment."""
        told = dict(self.cleaned_data)
        told["instalments"] = tuple(_instalment(line) for line in told["instalments"].splitlines() if line.strip())
        return AgreementFacts(**told)

    def clean_instalments(self) -> str:
        """Each line begins with a day."""
        text = str(self.cleaned_data["instalments"])
        for line in text.splitlines():
            if line.strip():
                _instalment(line)
        return text


def _instalment(line: str) -> InstalmentFacts:
    day, _space, what = line.strip().partition(" ")
    return InstalmentFacts(forms.DateField().clean(day), what.strip())


class SignForm(forms.Form):
    """One signature; drawn on the screen or photographed."""

    key = forms.ChoiceField(label=_("谁签"))
    way = Chosen(WAYS, label=_("怎样签"))
    digest = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    drawn = forms.CharField(widget=forms.HiddenInput(), required=False)
    file = forms.FileField(label=_("纸上签字或盖章的照片"), required=False)


class EndForm(forms.Form):
    """Why it ends without an agreement."""

    reason = Chosen(_ENDS, label=_("原因"))
    words = forms.CharField(label=_("说明"), widget=_text(), required=False, max_length=2000)


class CrimeForm(forms.Form):
    """What the police should know."""

    what = forms.CharField(label=_("什么情况"), widget=_text(), max_length=2000)


class ConfirmForm(forms.Form):
    """Both ask together."""

    jointly = forms.BooleanField(label=_("双方共同申请"), required=False)


class RulingForm(forms.Form):
    """What the court said."""

    ruling = Chosen(
        {"confirmed": Words("裁定有效", "confirmed"), "refused": Words("裁定驳回", "refused")}, label=_("裁定")
    )
    court = forms.CharField(label=_("法院和案号"), max_length=200)


class CourtForm(forms.Form):
    """Sent by a court before the suit."""

    court = forms.CharField(label=_("委派法院"), max_length=80)
    number = forms.CharField(label=_("法院案号"), max_length=60)
    received_on = forms.DateField(label=_("收到日期"), widget=DateInput(), required=False)
    due_on = forms.DateField(
        label=_("法院要求的答复期限"), widget=DateInput(), required=False, help_text=_("法院函没有写的不填，按三十日算")
    )


class LongerForm(forms.Form):
    """More time for what a court sent."""

    due_on = forms.DateField(label=_("延长到"), widget=DateInput())
    jointly = forms.BooleanField(label=_("双方当事人都同意延长"), required=False)


class ExpertForm(forms.Form):
    """What somebody of the panel knows and speaks."""

    skills = Several(CAUSES, label=_("熟悉的纠纷"))
    languages = forms.CharField(label=_("会说的语言、方言"), required=False, max_length=160, help_text=_("用顿号隔开"))
    interests = forms.CharField(
        label=_("与谁有利害关系"),
        widget=_text(),
        required=False,
        max_length=2400,
        help_text=_("每行一个单位或个人；只有您看得到，推荐时用来避开"),
    )

    def facts(self) -> dict[str, Any]:
        """As the act takes them."""
        told = self.cleaned_data
        return {
            "skills": told["skills"],
            "languages": told["languages"].replace("，", "、").replace(",", "、").split("、"),
            "interests": told["interests"].splitlines(),
        }


class HoursForm(forms.Form):
    """When a lawyer is at a room."""

    person = forms.ChoiceField(label=_("律师"))
    room = forms.ChoiceField(label=_("地点"))
    weekday = Chosen(WEEKDAYS, label=_("星期"))
    begins = forms.TimeField(label=_("从"), widget=forms.TimeInput(attrs={"type": "time"}), initial="09:00")
    until = forms.TimeField(label=_("到"), widget=forms.TimeInput(attrs={"type": "time"}), initial="11:00")


class BookingForm(forms.Form):
    """Half an hour for a resident."""

    begins_at = forms.ChoiceField(label=_("时间"))
    name = forms.CharField(label=_("来访人"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=32, required=False)
    about = forms.CharField(label=_("想问什么（一句话）"), max_length=400, required=False)


class LookForm(forms.Form):
    """Whether it holds."""

    look = forms.UUIDField(widget=forms.HiddenInput())
    holds = forms.BooleanField(label=_("协议得到履行，没有反复"), required=False)
    words = forms.CharField(label=_("情况"), required=False, max_length=1000)


class PaperForm(forms.Form):
    """One paper for the file."""

    place = Chosen(CONTENTS, label=_("归入"))
    title = forms.CharField(label=_("名称"), max_length=120)
    file = forms.FileField(label=_("文件或照片"))


def role_words(key: str) -> str:
    """What a signature that is no party's is called."""
    return say(ROLES[key])
