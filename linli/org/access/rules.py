"""Rights are post × act × scope, in one table that everybody can read. What is not here is not allowed."""

from __future__ import annotations

from linli.kernel.scope import Actor

_SEE_TO_IT = frozenset(
    {
        "matter.move",
        "matter.note",
        "matter.place",
        "link.make",
        "link.undo",
        "handover.open",
        "handover.move",
        "matter.assign",
        "file.attach",
        "file.keep",
        "file.drop",
        "upload.begin",
        "upload.join",
    }
)
_CALLS = frozenset(
    {
        "incident.take",
        "incident.recategorise",
        "matter.open",
        "order.give",
        "order.recall",
        "order.accept_by_radio",
        "order.give_jointly",
        "unit.set_availability",
    }
)
_OWN_ORDER = frozenset(
    {
        "order.deliver",
        "order.sign",
        "order.decline",
        "order.set_out",
        "order.arrive",
        "order.finish",
        "order.call_backup",
        "incident.feed_back",
        "order.feed_back",
        "unit.set_availability",
    }
)
_ROOM = frozenset(
    {
        "room.set_hours",
        "room.set_services",
        "equipment.add",
        "equipment.move",
        "equipment.inspect",
        "shift.plan",
        "shift.cancel",
        "unit.form",
        "unit.crew",
        "order.send_team",
        "unit.set_availability",
    }
)
_REGISTER = frozenset(
    {
        "premises.register",
        "premises.change",
        "premises.close",
        "device.register",
        "device.change",
        "device.move",
        "grading.decide",
        "grading.release",
    }
)
_POPULATION = frozenset(
    {
        "address.open",
        "address.close",
        "plate.print",
        "plate.end",
        "home.register",
        "home.lay_out",
        "home.change",
        "firm.set",
        "occupant.register",
        "occupant.change",
        "occupant.confirm",
        "occupant.reveal",
        "residence.begin",
        "residence.end",
        "report.submit",
        "report.decide",
        "report.refuse",
        "duplicate.suggest",
        "duplicate.dismiss",
        "occupant.merge",
        "occupant.unmerge",
    }
)
"""The register of who lives where: officers decide; who works beside them sends reports (``report.submit``)."""
_VOLUNTEERS = frozenset({"volunteer.register", "volunteer.change", "volunteer.move", "volunteer.withdraw"}) | {
    "volunteer.accept",
    "volunteer.decline",
}
_ESTABLISH = frozenset(
    {
        "agency.open",
        "agency.change",
        "agency.close",
        "room.open",
        "grid.answer_for",
        "person.take_on",
        "person.change",
        "person.let_go",
        "post.give",
        "post.end",
        "post.appoint",
        "account.reset_factor",
        "grid.open",
        "grid.redraw",
        "grid.close",
        "grid.withdraw",
        "grid.split",
        "grid.merge",
        "unit.form",
        "unit.crew",
        "road.close",
        "road.reopen",
    }
)
_LOAD = frozenset(
    {
        "import.divisions",
        "import.agencies",
        "import.rooms",
        "import.people",
        "import.units",
        "import.premises",
        "import.homes",
        "import.firms",
        "import.occupants",
        "import.devices",
        "import.volunteers",
        "import.grids",
        "import.addresses",
        "import.incidents",
        "import.categories",
        "import.category_rows",
        "roads.import",
        "roads.activate",
        "division.open",
        "division.succeed",
        "account.open",
        "account.make_token",
        "limits.set",
        "peer.register",
        "channel.set",
        "channel.test",
        "job.retry",
        "job.forget",
        "exchange.read",
        "exchange.write",
        "load.begin",
        "load.check",
        "load.publish",
        "load.undo",
        "load.drop",
        "load.discard",
        "load.save_map",
        "load.forget_map",
        "register.export",
    }
)
_MANY = frozenset({"matter.bulk", "matter.bulk_step", "matter.export", "export.finish"})
_FILES = frozenset({"file.attach", "file.keep", "upload.begin", "upload.join"})
_OWN_LISTS = frozenset({"filter.save", "filter.drop", "ledger.choose_columns"})
"""How one looks at what one sees anyway: of every post that a person holds."""
_NAME_LISTS = frozenset({"list.name_one", "list.end", "list.call_set"})
_REPORT = _FILES | {"matter.open", "matter.note"}

RIGHTS: dict[str, frozenset[str]] = {
    "call_taker": _CALLS | _SEE_TO_IT | _MANY,
    "dispatcher": _CALLS | _SEE_TO_IT | _MANY | _OWN_ORDER | {"road.close", "road.reopen"},
    "station_desk": _CALLS | _SEE_TO_IT | _MANY | _OWN_ORDER | {"road.close", "road.reopen"},
    "station_chief": _CALLS
    | _SEE_TO_IT
    | _OWN_ORDER
    | _ROOM
    | _REGISTER
    | _POPULATION
    | _VOLUNTEERS
    | _MANY
    | {"room.open", "grid.answer_for", "road.close", "road.reopen", "limits.set"},
    "bureau_leader": _NAME_LISTS
    | _MANY
    | frozenset({"matter.note", "matter.assign", "limits.set", "export.set_template"}),
    "tips_desk": frozenset({"matter.open"}),
    "community_officer": _OWN_ORDER
    | _SEE_TO_IT
    | _ROOM
    | _REPORT
    | _REGISTER
    | _POPULATION
    | _VOLUNTEERS
    | _MANY
    | {"incident.take", "incident.recategorise", "order.give"},
    "auxiliary": _OWN_ORDER | _REPORT,
    "assistant": _OWN_ORDER | _REPORT | {"matter.move"},
    "information_officer": _REPORT,
    "grid_worker": _REPORT | {"matter.move"},
    "liaison_cadre": _REPORT,
    "property_manager": _REPORT,
    "partner_officer": frozenset({"handover.move", "matter.note"}),
    "administrator": _NAME_LISTS
    | _ESTABLISH
    | _LOAD
    | _ROOM
    | _REGISTER
    | _VOLUNTEERS
    | {"grading.declare_scheme", "export.set_template"},
    "auditor": frozenset(),
    "intake_machine": frozenset({"incident.take", "exchange.read", "matter.open"}),
}
_DANGER = frozenset({"distress.raise", "distress.say_safe"})
"""Whoever works here may call for help."""
_MEETING = frozenset({"meeting.decide", "meeting.follow_up"})
_MEETS = ("station_chief", "station_desk", "community_officer", "bureau_leader")
RIGHTS |= {post: RIGHTS[post] | _MEETING for post in _MEETS}
_HELPS = ("call_taker", "dispatcher", "station_desk", "station_chief", "bureau_leader")
RIGHTS |= {post: RIGHTS[post] | {"distress.answer", "distress.end"} for post in _HELPS}
_PHONE = frozenset({"phone.register", "field.take_file", "field.hang_file"})
"""One's own phone: of every post that a person holds; what it brings needs the right of each act."""
_LOST = frozenset({"phone.wipe", "phone.readmit"})
_PHONES = {**dict.fromkeys(_MEETS, _LOST | {"field.settle"}), "administrator": _LOST}
"""Lost phones, and what two people changed at once."""
RIGHTS |= {post: RIGHTS[post] | held for post, held in _PHONES.items()}
RIGHTS |= {post: held | _OWN_LISTS | _PHONE | _DANGER for post, held in RIGHTS.items() if post != "intake_machine"}

_CARDS = frozenset({"card.print", "card.deliver", "card.withdraw", "card.show_face"})
_DESIGN = frozenset({"card.design", "card.end_design"})
_CARER = frozenset({"care.visit", "care.promise", "care.settle_promise", "care.release_carer", "care.withdraw"})
"""What a named carer does; who is not named finds no plan to do it to."""
_CARE = _CARER | {"care.open", "care.name_carer", "care.change", "care.review", "care.end"}
_DUTY = frozenset({"duty.sign_on", "duty.sign_off"})
_OWN_HOURS = frozenset({"hours.see", "hours.correct", "hours.confirm"})
_DRAW = frozenset({"drawing.ask", "drawing.decide", "drawing.cancel"})
for _post, _held in {
    "community_officer": _CARDS | _CARE | _DUTY | _OWN_HOURS | {"drawing.return"},
    "station_chief": _CARDS | _DESIGN | _CARE | {"care.take_over"} | _DUTY | _DRAW | {"drawing.return"},
    "station_desk": _DUTY,
    "auxiliary": _CARER | _DUTY | _OWN_HOURS | {"card.deliver"},
    "assistant": _CARER | _DUTY | _OWN_HOURS | {"card.deliver"},
    "liaison_cadre": _CARER,
    "grid_worker": _CARER,
    "information_officer": _CARER,
    "partner_officer": _CARER,
    "bureau_leader": _DRAW | _DESIGN,
    "dispatcher": frozenset({"drawing.ask", "drawing.cancel"}),
    "administrator": _CARDS | _DESIGN,
}.items():
    RIGHTS[_post] |= _held

_TELLS = frozenset({"report.submit"})
"""Who sees people and may not enter them: what they write down waits for an officer (auxiliaries never act alone)."""
for _post, _held in {
    **dict.fromkeys(("auxiliary", "assistant", "grid_worker", "information_officer", "liaison_cadre"), _TELLS),
    "station_desk": frozenset({"occupant.reveal", "report.submit"}),
    "bureau_leader": frozenset({"term.set"}),
    "administrator": frozenset(
        {"term.set", "address.open", "address.close", "home.lay_out", "plate.print", "plate.end", "firm.set"}
    ),
}.items():
    RIGHTS[_post] |= _held

_VISIT = frozenset({"visit.record", "visit.correct", "visit.attach_file"})
"""Whoever goes to doors writes down what came of it; what helpers write counts when an officer has signed."""
_WALK = _VISIT | {"visit.record_stop", "visit.attach_at_stop", "visit.make_week", "visit.change_stop"}
_INSPECT = frozenset({"inspection.record", "inspection.attach_file"})
_SIGN = frozenset({"visit.countersign", "visit.send_back", "inspection.countersign", "inspection.send_back"})
_DOORS = frozenset({"visit.open_due", "visit.end_due", "inspection.recheck"})
_CAMPAIGN = frozenset({"visit.open_campaign", "visit.end_campaign"})
for _post, _held in {
    "community_officer": _WALK | _INSPECT | _SIGN | _DOORS,
    "station_chief": _WALK | _INSPECT | _SIGN | _DOORS | _CAMPAIGN,
    "station_desk": _VISIT | _INSPECT,
    "dispatcher": _VISIT,
    "auxiliary": _WALK | _INSPECT,
    "assistant": _WALK | _INSPECT,
    "information_officer": _VISIT,
    "grid_worker": _VISIT,
    "bureau_leader": _VISIT | _CAMPAIGN,
    "administrator": _CAMPAIGN | {"visit.set_reason", "checklist.declare"},
}.items():
    RIGHTS[_post] |= _held

_SIGNS_UP = frozenset({"line.sign", "line.send_back", "line.send_up", "line.settle"})
"""Each level of the line over its own place; a report itself is part of opening the matter."""
_REPORTS_UP = frozenset({"line.report", "line.send_again"})
for _post, _held in {
    **dict.fromkeys(("information_officer", "grid_worker", "liaison_cadre", "property_manager"), _REPORTS_UP),
    **dict.fromkeys(("assistant", "auxiliary", "community_officer", "station_desk"), _REPORTS_UP | _SIGNS_UP),
    "station_chief": _REPORTS_UP | _SIGNS_UP,
    "bureau_leader": _REPORTS_UP | _SIGNS_UP | {"line.set_clock"},
    "dispatcher": _REPORTS_UP | _SIGNS_UP,
    "administrator": frozenset({"line.set_clock"}),
}.items():
    RIGHTS[_post] |= _held

_GIVER = frozenset({"thanks.give", "reward.try_code", "reward.pay"})
_OFFICE = _GIVER | {"level.lift", "level.push_back", "matter.turn", "handover.record_answer", "handover.take_file"}
"""An officer sends a team and answers for it: auxiliaries act under his command, never alone (``sortie.*``)."""
_HELPS_ON = ("auxiliary", "information_officer", "liaison_cadre", "property_manager")
"""Who helps a neighbour or puts a hazard right may say so: each step of a kind names the posts that take it."""
for _post, _held in {
    **dict.fromkeys(_MEETS[:3], _OFFICE | {"sortie.send", "sortie.report", "sortie.call_off"}),
    **dict.fromkeys(("dispatcher", "call_taker"), _OFFICE - _GIVER - {"level.lift", "matter.turn"}),
    "bureau_leader": _GIVER | {"level.push_back"},
    **dict.fromkeys(_HELPS_ON, frozenset({"level.lift", "matter.move"})),
    **dict.fromkeys(("assistant", "grid_worker"), frozenset({"level.lift"})),
}.items():
    RIGHTS[_post] |= _held

_ANSWERS = frozenset({"public.answer", "public.publish", "public.renew_code"})
"""Whoever deals with what residents send, and stands at the counter."""
for _post in ("community_officer", "station_desk", "station_chief"):
    RIGHTS[_post] |= _ANSWERS
for _post in ("assistant", "auxiliary"):
    RIGHTS[_post] |= {"public.renew_code"}

_CODE_CARDS = frozenset({"code_card.issue", "code_card.renew", "code_card.revoke"})
for _post in ("community_officer", "station_desk", "station_chief", "administrator"):
    RIGHTS[_post] |= _CODE_CARDS

_TASK_OWN = frozenset({"task.read", "task.report", "task.attach_file"})
"""A recipient's own row; whose it is not finds none."""
_TASK_SENDS = frozenset({"task.issue", "task.recall", "task.close", "task.draw", "task.check"})
_TASK_CHIEF = frozenset({"task.approve", "task.refuse"})
for _post, _held in {
    **dict.fromkeys(("information_officer", "grid_worker", "liaison_cadre", "property_manager"), _TASK_OWN),
    **dict.fromkeys(("assistant", "auxiliary"), _TASK_OWN),
    **dict.fromkeys(("community_officer", "station_desk"), _TASK_OWN | _TASK_SENDS),
    "station_chief": _TASK_OWN | _TASK_SENDS | _TASK_CHIEF,
    "bureau_leader": _TASK_SENDS | _TASK_CHIEF | {"task.allow"} | {"matter.open"},
    "dispatcher": _TASK_SENDS,
    "administrator": frozenset({"task.allow"}),
}.items():
    RIGHTS[_post] |= _held

_WARN = frozenset({"alert.write", "alert.change", "alert.return", "alert.drop", "alert.cancel"})
"""Warnings to residents: whoever writes one does not approve it (the row itself refuses)."""
_LET_OUT = frozenset({"alert.approve", "alert.publish"})
_GROUPS = frozenset({"group.set", "group.end", "group.test"})
_REACHED = frozenset({"channel.wish", "reach.test_own"})
"""How one is reached, and whether it works: of every post that a person holds."""
for _post, _held in {
    "community_officer": _WARN | {"alert.publish"} | _GROUPS,
    "dispatcher": _WARN | {"alert.publish"},
    "station_chief": _WARN | _LET_OUT | _GROUPS | {"reach.test"},
    "bureau_leader": _WARN | _LET_OUT,
    "administrator": _GROUPS | {"reach.test"},
}.items():
    RIGHTS[_post] |= _held
RIGHTS |= {post: held | {"matter.paste"} for post, held in RIGHTS.items() if held | _SEE_TO_IT >= _REPORT}
RIGHTS |= {post: held | _REACHED for post, held in RIGHTS.items() if post != "intake_machine"}

_READS_TIPS = frozenset(
    {"tip.make_key", "tip.open", "tip.answer", "tip.move", "tip.pass_on", "tip.leave_out", "tip.seal_anew"}
)
"""Anonymous tips: whoever holds such a post may make a key; which tips are sealed to it is another question."""
for _post in ("tips_desk", "community_officer", "station_chief", "bureau_leader"):
    RIGHTS[_post] |= _READS_TIPS

_HOLDS = frozenset({"matter.hold", "matter.let_go"})
"""A law or a court wants a matter whole beyond its term."""
for _post in ("station_chief", "bureau_leader"):
    RIGHTS[_post] |= _HOLDS

SYSTEM_ONLY: frozenset[str] = frozenset(
    {"order.escalate", "order.unreachable", "order.prove_arrival", "handover.chase", "message.report", "demo.load"}
    | {"alert.expire", "register.erase", "matter.thin", "visit.thin", "visit.gather", "visit.spread_campaign"}
    | {"public.report", "public.add_photo", "public.give_opinion", "volunteer.apply"}
    | {"line.lapse", "task.spread"}
    | {"code_card.count_try", "code_card.lock", "code_card.bind", "code_card.enter"}
    | {"tip.give", "tip.write", "tip.end_envelopes", "tip.erase"}
)
"""Acts that only the house's own machines do."""


def holds_right(actor: Actor, act: str, path: str | None) -> bool:
    """Whether one of the actor's posts carries the act and is held at or above ``path`` (None: anywhere)."""
    if actor.is_system:
        return True
    if actor.only is not None and act not in actor.only:
        return False
    return any(
        act in RIGHTS.get(post.code, frozenset()) and (path is None or path.startswith(post.path))
        for post in actor.posts
    )
