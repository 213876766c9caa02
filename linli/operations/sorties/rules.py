"""What a sortie may say it found: pure."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import Invalid, declare
from linli.matters.kinds.tip import FINDINGS

declare("sortie.count", zh="“{field}”要填0到{most}的整数。", en="{field} is a whole number from 0 to {most}.")
declare(
    "sortie.contradiction",
    zh="填了“查无结果”，就不能再填抓获人数、团伙或物品。",
    en="With no finding there are no people held, gangs or goods.",
)
declare("sortie.nobody_held", zh="“当场抓获”要填抓获人数。", en="Caught in the act: say how many people are held.")
MOST_HELD, MOST_GANGS, MOST_YUAN = 500, 50, 2_000_000_000
CODES = tuple(code for code, _ in FINDINGS)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a sortie. ``held`` people and ``gangs`` are counts and nothing else: who they are belongs to the
    case. ``goods_yuan`` is the goods' estimated value in whole yuan.
    """

    finding: str
    account: str
    held: int = 0
    gangs: int = 0
    goods: str = ""
    goods_yuan: int = 0
    tools: str = ""
    handed_to: str = ""


def checked(result: Result) -> Result:
    """The result, when it is whole and does not contradict itself; raises Invalid."""
    if result.finding not in CODES:
        raise Invalid("fact.wrong", field="finding", why=result.finding[:40])
    if not result.account.strip():
        raise Invalid("fact.missing", field="account")
    for field, value, most in (
        ("抓获人数", result.held, MOST_HELD),
        ("团伙", result.gangs, MOST_GANGS),
        ("物品价值", result.goods_yuan, MOST_YUAN),
    ):
        if not 0 <= value <= most:
            raise Invalid("sortie.count", field=field, most=most)
    found = result.held or result.gangs or result.goods_yuan or result.goods.strip()
    if result.finding == "no_finding" and found:
        raise Invalid("sortie.contradiction", field="finding")
    if result.finding == "caught" and not result.held:
        raise Invalid("sortie.nobody_held", field="held")
    return result
