"""Reasons as the house ships them, and what one must hold: pure."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.places.premises.rules import KINDS as PREMISES_KINDS

declare("reason.unknown", zh="没有“{code}”这个走访事由。", en="There is no reason for a visit {code}.")
declare("reason.interval", zh="间隔须为1至1100天。", en="An interval is 1 to 1,100 days.")
declare("reason.code", zh="事由代码须为小写字母和下划线。", en="A code is small letters and underscores.")
declare("reason.words", zh="请填写事由名称。", en="Please say what the reason is called.")
declare("reason.kinds", zh="没有“{kind}”这类场所。", en="There is no kind of premises {kind}.")

LONGEST_DAYS = 1_100

GROUNDS: dict[str, Words] = {
    "duty": Words("日常职责", "ordinary duty"),
    "consent": Words("本人同意", "the person's consent"),
    "matter": Words("已办事项", "a matter on record"),
    "campaign": Words("专项走访", "a campaign"),
}
"""What a door's entry on the list rests on. ``consent`` wants the day on which it was given, ``matter`` the matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFacts:
    """One reason.

    ``why`` is the sentence of a plan; its places are ``{days}`` since the last visit, ``{day}`` when it falls due,
    ``{number}`` of the matter and ``{campaign}``. ``every_days`` None: once is enough. ``first_within_days``: how soon
    after a door came on the list. ``retry_days``: when nobody was at home. ``lasts_days``: how long a door stays on the
    list. ``premises_kinds``, ``categories`` and ``moved_in`` put doors on the list by themselves: registered places of
    these kinds, places of closed calls of these categories, doors at which somebody of these kinds of residence moved
    in lately. ``helpers``: auxiliaries, assistants and grid workers may go.
    """

    code: str
    words: Words
    why: Words
    every_days: int | None = None
    first_within_days: int = 7
    retry_days: int = 3
    lasts_days: int | None = None
    ground: str = "duty"
    premises_kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    moved_in: tuple[str, ...] = ()
    helpers: bool = True
    in_use: bool = True

    def check(self) -> None:
        """Raise Invalid for the first value that cannot be."""
        if not self.code.replace("_", "").isalpha() or not self.code.islower() or not self.code.isascii():
            raise Invalid("reason.code", field="code")
        if not self.words.zh.strip():
            raise Invalid("reason.words", field="zh")
        for name in ("every_days", "first_within_days", "retry_days", "lasts_days"):
            days = getattr(self, name)
            if days is not None and not 1 <= days <= LONGEST_DAYS:
                raise Invalid("reason.interval", field=name)
        for kind in self.premises_kinds:
            if kind not in PREMISES_KINDS:
                raise Invalid("reason.kinds", kind=kind, field="premises_kinds")
        if self.ground not in GROUNDS:
            raise Invalid("fact.wrong", field="ground", why=self.ground)


_AGAIN = Words("距上次走访{days}天，{day}前应到", "{days} days since the last visit, due by {day}")

SHIPPED: tuple[ReasonFacts, ...] = (
    ReasonFacts(
        code="new_tenant",
        words=Words("新租户", "new tenant"),
        why=Words(
            "新近入住，{day}前上门认识、登记、留联系卡", "moved in lately; meet, register, leave a card by {day}"
        ),
        first_within_days=7,
        lasts_days=60,
        moved_in=("migrant", "lodging", "overseas"),
    ),
    ReasonFacts(
        code="lives_alone",
        words=Words("独居（本人同意）", "lives alone, by consent"),
        why=Words("独居、同意走访，{day}前应到", "lives alone and has agreed to visits, due by {day}"),
        every_days=30,
        ground="consent",
    ),
    ReasonFacts(
        code="victim",
        words=Words("受害人回访", "victim afterwards"),
        why=Words("{number}办结后回访，{day}前应到", "after {number} was closed; due by {day}"),
        first_within_days=7,
        lasts_days=30,
        ground="matter",
        categories=("1020", "1060", "1063", "1070", "1071"),
        helpers=False,
    ),
    ReasonFacts(
        code="enterprise",
        words=Words("企业场所", "firms and places"),
        why=_AGAIN,
        every_days=90,
        first_within_days=90,
        premises_kinds=("firm", "factory", "site", "hotel", "rental", "internet_cafe", "entertainment", "market"),
    ),
    ReasonFacts(
        code="school",
        words=Words("学校医院", "schools and hospitals"),
        why=_AGAIN,
        every_days=30,
        first_within_days=30,
        premises_kinds=("school", "kindergarten", "hospital", "care_home"),
    ),
    ReasonFacts(
        code="condolence",
        words=Words("慰问困难群众", "condolence and help"),
        why=Words("困难家庭慰问，{day}前应到", "a household in need, due by {day}"),
        every_days=90,
        ground="consent",
    ),
    ReasonFacts(
        code="dispute_after",
        words=Words("纠纷回访", "after a dispute"),
        why=Words("{number}化解后回访，{day}前应到", "after {number} was settled; due by {day}"),
        first_within_days=15,
        lasts_days=60,
        ground="matter",
    ),
    ReasonFacts(
        code="campaign",
        words=Words("专项走访", "campaign"),
        why=Words("{campaign}，{day}前走到", "{campaign}, until {day}"),
        ground="campaign",
        lasts_days=LONGEST_DAYS,
    ),
    ReasonFacts(
        code="asked",
        words=Words("群众请来", "asked to come"),
        why=Words("群众请民警上门，{day}前应到", "somebody asked for a visit, due by {day}"),
        first_within_days=2,
        lasts_days=30,
    ),
    ReasonFacts(code="plain_talk", words=Words("拉家常", "plain talk"), why=Words("走走看看", "a look round")),
    ReasonFacts(code="inspection", words=Words("检查", "inspection"), why=Words("安全检查", "an inspection")),
)
"""What stands until the bureau says otherwise; which days are right is the bureau's to decide."""
