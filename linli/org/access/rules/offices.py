"""What each office may do by itself: calls, orders, rooms, registers, the organisation."""

from __future__ import annotations

Given = dict[str, frozenset[str]]
"""Post → the acts it carries."""

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
    "volunteer.give_card",
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
        "feed.set",
        "feed.run",
        "feed.end",
        "register.export",
    }
)
_MANY = frozenset({"matter.bulk", "matter.bulk_step", "matter.export", "export.finish"})
_FILES = frozenset({"file.attach", "file.keep", "upload.begin", "upload.join"})
_NAME_LISTS = frozenset({"list.name_one", "list.end", "list.call_set"})
_REPORT = _FILES | {"matter.open", "matter.note"}

OFFICES: Given = {
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
    "safety_watcher": _REPORT,
    "partner_officer": frozenset({"handover.move", "matter.note"}),
    "mediator": frozenset(),
    "lawyer": frozenset(),
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
PASTES: Given = {post: frozenset({"matter.paste"}) for post, held in OFFICES.items() if held | _SEE_TO_IT >= _REPORT}
"""Who reports may paste what was said in a group."""
