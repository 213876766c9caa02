"""What a person can do that a call may need."""

from __future__ import annotations

from linli.kernel.words import Words

SKILLS: dict[str, Words] = {
    "first_aid": Words("急救", "first aid"),
    "negotiator": Words("谈判", "negotiation"),
    "female_officer": Words("女警", "a female officer"),
    "drone": Words("无人机操作", "flying a drone"),
    "mediator": Words("调解", "mediation"),
    "driver": Words("驾驶", "driving"),
}
