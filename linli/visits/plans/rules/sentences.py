"""Why a door stands in a week, in one sentence of both languages: pure."""

from __future__ import annotations

from datetime import date

from linli.kernel.words import Words
from linli.visits.reasons.rules import ReasonFacts


def why(
    reason: ReasonFacts,
    *,
    today: date,
    due_on: date,
    last_on: date | None,
    tries: int,
    number: str = "",
    campaign: str = "",
) -> Words:
    """The sentence of the reason with its places filled, and before it what makes the door urgent.

    A door that nobody has been to has no days since the last visit; it was never late in silence: so many days over its
    date are said, and so is how often nobody was at home.
    """
    text = reason.why
    if last_on is None and "{days}" in text.zh:
        text = Words("还没有走访过，{day}前应到", "not visited yet, due by {day}")
    days = (today - last_on).days if last_on else 0
    said = text.filled({"day": f"{due_on:%m-%d}", "days": days, "number": number or "—", "campaign": campaign or "—"})
    zh, en = [], []
    if due_on < today:
        over = (today - due_on).days
        zh.append(f"已过期{over}天")
        en.append(f"{over} days overdue")
    if tries:
        zh.append(f"去过{tries}次无人")
        en.append(f"nobody at home {tries} times" if tries > 1 else "nobody at home once")
    head_zh, head_en = "，".join(zh), ", ".join(en)
    return Words(
        f"{reason.words.zh}：{head_zh + '；' if head_zh else ''}{said.zh}"[:200],
        f"{reason.words.en}: {head_en + '; ' if head_en else ''}{said.en}"[:300],
    )
