"""Meetings, distress, phones, channels, warnings: what lies beside the work of an office."""

from __future__ import annotations

Given = dict[str, frozenset[str]]
"""Post → the acts it carries."""

_DANGER = frozenset({"distress.raise", "distress.say_safe"})
"""Whoever works here may call for help."""
_MEETS = ("station_chief", "station_desk", "community_officer", "bureau_leader")
_MEETINGS: Given = dict.fromkeys(_MEETS, frozenset({"meeting.decide", "meeting.follow_up"}))
_HELP: Given = dict.fromkeys(
    ("call_taker", "dispatcher", "station_desk", "station_chief", "bureau_leader"),
    frozenset({"distress.answer", "distress.end"}),
)
_PHONE = frozenset({"phone.register", "field.take_file", "field.hang_file"})
"""One's own phone: of every post that a person holds; what it brings needs the right of each act."""
_LOST = frozenset({"phone.wipe", "phone.readmit"})
_PHONES: Given = {**dict.fromkeys(_MEETS, _LOST | {"field.settle"}), "administrator": _LOST}
"""Lost phones, and what two people changed at once."""
_OWN_LISTS = frozenset({"filter.save", "filter.drop", "ledger.choose_columns"})
"""How one looks at what one sees anyway: of every post that a person holds."""
_REACHED = frozenset({"channel.wish", "reach.test_own", "calendar.open", "calendar.close"})
"""How one is reached, and whether it works: of every post that a person holds."""
EVERYBODY = _OWN_LISTS | _PHONE | _DANGER | _REACHED
"""What every post carries that a person holds."""

_WARN = frozenset({"alert.write", "alert.change", "alert.return", "alert.drop", "alert.cancel"})
"""Warnings to residents: whoever writes one does not approve it (the row itself refuses)."""
_LET_OUT = frozenset({"alert.approve", "alert.publish"})
_GROUPS = frozenset({"group.set", "group.end", "group.test"})
_WARNINGS: Given = {
    "community_officer": _WARN | {"alert.publish"} | _GROUPS,
    "dispatcher": _WARN | {"alert.publish"},
    "station_chief": _WARN | _LET_OUT | _GROUPS | {"reach.test"},
    "bureau_leader": _WARN | _LET_OUT,
    "administrator": _GROUPS | {"reach.test"},
}

GIVEN: tuple[Given, ...] = (_MEETINGS, _HELP, _PHONES, _WARNINGS)
