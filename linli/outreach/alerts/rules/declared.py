"""The events that are warned of, and how urgent, severe and certain: our words beside those of CAP 1.2. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare("alert.unknown", zh="“{field}”没有“{value}”。", en="{field} has no value {value}.")
declare("alert.no_headline", zh="请用一句话写明要提醒什么。", en="Say in one sentence what it is about.")
declare("alert.no_instruction", zh="请写明请居民怎么做。", en="Say what residents are to do.")
declare("alert.ends_first", zh="失效时间须晚于现在，且最长{days}天。", en="It ends after now, and within {days} days.")
declare("alert.half_english", zh="英文要么都写，要么都不写。", en="English: the headline and what to do, or neither.")

LONGEST_DAYS = 30
MOST_HEADLINE = 60


@dataclass(frozen=True, slots=True)
class Event:
    """What is warned of: our words, the category and response of CAP."""

    words: Words
    category: str
    response: str


EVENTS: dict[str, Event] = {
    "fraud": Event(Words("电信网络诈骗", "fraud by telephone or network"), "Security", "Avoid"),
    "theft": Event(Words("盗窃", "theft"), "Security", "Prepare"),
    "missing": Event(Words("寻找走失人员", "somebody is missing"), "Rescue", "Monitor"),
    "fire": Event(Words("火灾隐患", "danger of fire"), "Fire", "Prepare"),
    "traffic": Event(Words("道路交通", "road traffic"), "Transport", "Avoid"),
    "water": Event(Words("溺水、汛情", "drowning, flood"), "Safety", "Avoid"),
    "weather": Event(Words("恶劣天气", "severe weather"), "Met", "Prepare"),
    "crowd": Event(Words("集市、庙会人流", "market and temple fair crowds"), "Safety", "Monitor"),
    "other": Event(Words("其他提醒", "other"), "Other", "Monitor"),
}
URGENCY: dict[str, Words] = {
    "Immediate": Words("立即", "immediate"),
    "Expected": Words("一小时内", "expected within the hour"),
    "Future": Words("近期", "in the near future"),
}
SEVERITY: dict[str, Words] = {
    "Extreme": Words("特别严重", "extreme"),
    "Severe": Words("严重", "severe"),
    "Moderate": Words("较重", "moderate"),
    "Minor": Words("一般", "minor"),
}
CERTAINTY: dict[str, Words] = {
    "Observed": Words("已发生", "observed"),
    "Likely": Words("很可能", "likely"),
    "Possible": Words("可能", "possible"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a warning says, as written. English is given whole or not at all; ``drill``: it is an exercise."""

    event: str
    urgency: str
    severity: str
    certainty: str
    headline: str
    description: str
    instruction: str
    headline_en: str = ""
    description_en: str = ""
    instruction_en: str = ""
    drill: bool = False


def check(said: Said, *, expires_at: datetime, at: datetime) -> None:
    """Raises Invalid naming the first field that cannot stand."""
    known = {"event": set(EVENTS), "urgency": set(URGENCY), "severity": set(SEVERITY), "certainty": set(CERTAINTY)}
    for field, table in known.items():
        if getattr(said, field) not in table:
            raise Invalid("alert.unknown", field=field, value=str(getattr(said, field))[:40])
    if not said.headline.strip():
        raise Invalid("alert.no_headline", field="headline")
    if not said.instruction.strip():
        raise Invalid("alert.no_instruction", field="instruction")
    if bool(said.headline_en.strip()) != bool(said.instruction_en.strip()):
        raise Invalid("alert.half_english", field="headline_en")
    if not at < expires_at <= at + timedelta(days=LONGEST_DAYS):
        raise Invalid("alert.ends_first", field="expires_at", days=LONGEST_DAYS)
