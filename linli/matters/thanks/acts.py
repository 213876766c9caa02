"""Thanking the giver of a matter, and paying a reward to whoever shows its claim code."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import seal
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.thanks.models import Thanks

declare("thanks.too_much", zh="一次奖励最多{most}元。", en="A reward is at most {most} yuan.")
declare("reward.none", zh="该事项没有待领的奖励。", en="No reward waits for this matter.")
declare(
    "reward.wrong_code", zh="领奖码不对，还可再试{left}次。", en="This is not the claim code; {left} tries are left."
)
declare(
    "reward.locked",
    zh="领奖码错误次数过多，已停止领取，请负责人另发一次感谢。",
    en="Too many wrong codes: paying is stopped; ask for new thanks to be given.",
)
MOST_YUAN = 500_000
MOST_TRIES = 5
_DIGITS = 8


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    return {"text": given.values["text"], "reward_yuan": int(given.values.get("reward_yuan") or 0)}


@act(
    "thanks.give",
    zh="感谢提供人",
    en="thank the giver",
    keeps=("reward_yuan",),
    about="matter",
    offline=Offline(
        inputs=(
            asked("text", "long_text", "感谢的话（提供人凭号码看到）", "thanks (the giver reads it by number)",
                  required=True, longest=400),
            asked("reward_yuan", "number", "奖励（元）", "reward, yuan", least=0, most=MOST_YUAN),
        ),
        subject=Matter,
        states=("settled",),
        kinds=("tip", "hazard", "community_info"),
        prepare=_from_phone,
        icon="heart-handshake",
        order=75,
    ),
    within=lambda facts: facts["matter"].scope_paths()[0],
)  # fmt: skip
def give_thanks(actor: Actor, *, matter: Matter, text: str, reward_yuan: int = 0) -> Thanks:
    """Say thanks on the page that the giver follows the matter by, and promise a reward when one is due. Nobody learns
    who he is; he claims the reward with a code that only that page shows.
    """
    if not text.strip():
        raise Invalid("fact.missing", field="text")
    if not 0 <= reward_yuan <= MOST_YUAN:
        raise Invalid("thanks.too_much", most=MOST_YUAN, field="reward_yuan")
    row = Thanks(
        matter=matter,
        text=text.strip()[:400],
        reward_yuan=reward_yuan,
        given_by=actor.name,
        given_at=clock.now(),
    )
    if reward_yuan:
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        row.code_sealed = seal(code, context=f"matters.thanks.code.{row.pk}")
    row.save(force_insert=True)
    Matter.objects.filter(pk=matter.pk).update(version=F("version") + 1)
    return row


@act(
    "reward.try_code",
    zh="核对领奖码",
    en="check a claim code",
    about="matter",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def try_code(actor: Actor, *, matter: Matter, code: str) -> Thanks | None:
    """Compare a claim code with the rewards that wait; None when it is wrong, and the try is counted (five, then it is
    locked). Raises Conflict when nothing waits or paying is locked.
    """
    waiting = Thanks.objects.filter(matter=matter, reward_yuan__gt=0, paid_on__isnull=True)
    rows = list(waiting)
    if not rows:
        raise Conflict("reward.none")
    alive = [row for row in rows if row.wrong_tries < MOST_TRIES]
    if not alive:
        raise Conflict("reward.locked")
    given = "".join(code.split())
    found = next((row for row in alive if secrets.compare_digest(row.claim_code.encode(), given.encode())), None)
    if found is None:
        waiting.update(wrong_tries=F("wrong_tries") + 1)
    return found


@act(
    "reward.pay",
    zh="发放奖励",
    en="pay a reward",
    about="thanks",
    within=lambda facts: facts["thanks"].matter.scope_paths()[0],
)
def pay_reward(actor: Actor, *, thanks: Thanks) -> Thanks:
    """Pay a reward whose code was shown, once. No name is asked for; the day is kept, not the hour."""
    paid = Thanks.objects.filter(pk=thanks.pk, paid_on__isnull=True).update(paid_on=clock.today(), paid_by=actor.name)
    if not paid:
        raise Conflict("reward.none")
    thanks.refresh_from_db()
    return thanks
