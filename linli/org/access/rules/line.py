"""The line up and down: reports, levels, thanks, answers to residents, tasks, anonymous tips."""

from __future__ import annotations

Given = dict[str, frozenset[str]]
"""Post → the acts it carries."""

_SIGNS_UP = frozenset({"line.sign", "line.send_back", "line.send_up", "line.settle"})
"""Each level of the line over its own place; a report itself is part of opening the matter."""
_REPORTS_UP = frozenset({"line.report", "line.send_again"})
_LINE: Given = {
    **dict.fromkeys(
        ("information_officer", "grid_worker", "liaison_cadre", "property_manager", "safety_watcher"), _REPORTS_UP
    ),
    **dict.fromkeys(("assistant", "auxiliary", "community_officer", "station_desk"), _REPORTS_UP | _SIGNS_UP),
    "station_chief": _REPORTS_UP | _SIGNS_UP,
    "bureau_leader": _REPORTS_UP | _SIGNS_UP | {"line.set_clock"},
    "dispatcher": _REPORTS_UP | _SIGNS_UP,
    "administrator": frozenset({"line.set_clock"}),
}

_GIVER = frozenset({"thanks.give", "reward.try_code", "reward.pay"})
_OFFICE = _GIVER | {"level.lift", "level.push_back", "matter.turn", "handover.record_answer", "handover.take_file"}
"""An officer sends a team and answers for it: auxiliaries act under his command, never alone (``sortie.*``)."""
_OFFICERS = ("station_chief", "station_desk", "community_officer")
_HELPS_ON = ("auxiliary", "information_officer", "liaison_cadre", "property_manager")
"""Who helps a neighbour or puts a hazard right may say so: each step of a kind names the posts that take it."""
_SETTLED: Given = {
    **dict.fromkeys(
        _OFFICERS,
        _OFFICE | {"sortie.send", "sortie.report", "sortie.call_off"},
    ),
    **dict.fromkeys(("dispatcher", "call_taker"), _OFFICE - _GIVER - {"level.lift", "matter.turn"}),
    "bureau_leader": _GIVER | {"level.push_back"},
    **dict.fromkeys(_HELPS_ON, frozenset({"level.lift", "matter.move"})),
    **dict.fromkeys(("assistant", "grid_worker"), frozenset({"level.lift"})),
}

_ANSWERS = frozenset({"public.answer", "public.publish", "public.renew_code"})
"""Whoever deals with what residents send, and stands at the counter."""
_RESIDENTS: Given = dict.fromkeys(("community_officer", "station_desk", "station_chief"), _ANSWERS)
_COUNTER: Given = dict.fromkeys(("assistant", "auxiliary"), frozenset({"public.renew_code"}))

_CODE_CARDS = frozenset({"code_card.issue", "code_card.renew", "code_card.revoke"})
_CODES: Given = dict.fromkeys(("community_officer", "station_desk", "station_chief", "administrator"), _CODE_CARDS)

_TASK_OWN = frozenset({"task.read", "task.report", "task.attach_file"})
"""A recipient's own row; whose it is not finds none."""
_TASK_SENDS = frozenset({"task.issue", "task.recall", "task.close", "task.draw", "task.check"})
_TASK_CHIEF = frozenset({"task.approve", "task.refuse"})
_TASKS: Given = {
    **dict.fromkeys(
        ("information_officer", "grid_worker", "liaison_cadre", "property_manager", "safety_watcher"), _TASK_OWN
    ),
    **dict.fromkeys(("assistant", "auxiliary"), _TASK_OWN),
    **dict.fromkeys(("community_officer", "station_desk"), _TASK_OWN | _TASK_SENDS),
    "station_chief": _TASK_OWN | _TASK_SENDS | _TASK_CHIEF,
    "bureau_leader": _TASK_SENDS | _TASK_CHIEF | {"task.allow"} | {"matter.open"},
    "dispatcher": _TASK_SENDS,
    "administrator": frozenset({"task.allow"}),
}

_READS_TIPS = frozenset(
    {"tip.make_key", "tip.open", "tip.answer", "tip.move", "tip.pass_on", "tip.leave_out", "tip.seal_anew"}
)
"""Anonymous tips: whoever holds such a post may make a key; which tips are sealed to it is another question."""
_TIPS: Given = dict.fromkeys(("tips_desk", "community_officer", "station_chief", "bureau_leader"), _READS_TIPS)

_HOLDS = frozenset({"matter.hold", "matter.let_go"})
"""A law or a court wants a matter whole beyond its term."""
_HELD: Given = dict.fromkeys(("station_chief", "bureau_leader"), _HOLDS)

_HELPS = (
    *("call_taker", "dispatcher", "station_desk", "station_chief", "community_officer", "auxiliary", "assistant"),
    *("information_officer", "grid_worker", "liaison_cadre", "property_manager"),
)
_HELPING: Given = dict.fromkeys(_HELPS, frozenset({"help.join", "help.done", "help.leave"}))
"""Whoever may ask for help may give it."""

GIVEN: tuple[Given, ...] = (_LINE, _SETTLED, _TASKS, _RESIDENTS, _COUNTER, _CODES, _TIPS, _HELD, _HELPING)
