"""The same warning for a village's loudspeaker, an LED line, a microblog and a chat group. Pure."""

from __future__ import annotations

from linli.outreach.alerts.rules.declared import EVENTS, Said

MOST_LED = 60
MOST_BLOG = 140
CHARACTERS_A_SECOND = 4
"""How fast a loudspeaker is understood outdoors: slower than in a room, where it is five to six."""


def loudspeaker(said: Said, *, by: str) -> str:
    """Read out: who speaks, what it is, what to do; then all of it once more, since the first half is always missed."""
    opening = "各位居民请注意，下面是演习广播，不必紧张。" if said.drill else "各位居民请注意。"
    told = "".join(_sentence(text) for text in (said.headline, said.description, said.instruction))
    return f"{opening}{_sentence(by + '提醒大家')}{told}再播送一遍。{told}遇有危险请立即拨打110。"


def called_off(said: Said, *, by: str, reason: str) -> str:
    """Read out when a warning is over: what was said, that it is over, why."""
    return f"各位居民请注意。{by}提醒大家：“{said.headline}”的提醒已解除。{_sentence(reason)}"


def reading_s(text: str) -> int:
    """Seconds that reading it out takes."""
    return max(1, round(len(text) / CHARACTERS_A_SECOND))


def led_line(said: Said, *, by: str) -> str:
    """One line for an LED screen: the event, the headline, who says it; at most 60 signs."""
    drill = "【演习】" if said.drill else ""
    head = f"{drill}【{EVENTS[said.event].words.zh}】"
    tail = f" {by}"
    return f"{head}{said.headline[: max(0, MOST_LED - len(head) - len(tail))]}{tail}"


def microblog(said: Said, *, link: str) -> str:
    """At most 140 signs and the link."""
    drill = "【演习】" if said.drill else ""
    told = f"{drill}【{EVENTS[said.event].words.zh}】{_sentence(said.headline)}{_sentence(said.instruction)}"
    return f"{told[:MOST_BLOG]} {link}".strip()


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if not plain or plain[-1] in "。！？!?.；;" else f"{plain}。"
