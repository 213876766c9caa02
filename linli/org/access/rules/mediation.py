"""Mediation: who is named in a case works in it; nobody else finds one to work in."""

from __future__ import annotations

Given = dict[str, frozenset[str]]
"""Post → the acts it carries."""

_HELPS = frozenset(
    {
        "dispute_party.add",
        "dispute_party.read_rights",
        "dispute_party.answer",
        "mediation.release_member",
        "mediation.report_crime",
        "mediation.keep_note",
        "mediation.follow_up",
        "mediation.add_paper",
        "mediation_session.plan",
        "mediation_session.invite",
        "mediation_session.move",
        "mediation_session.write",
        "agreement.sign",
        "agreement.perform",
    }
)
"""Whoever is named in a case."""
_MEDIATES = _HELPS | {
    "mediation.open",
    "mediation.change",
    "mediation.grade",
    "mediation.name_member",
    "mediation.accept",
    "mediation.try_again",
    "court_case.take_over",
    "court_case.prolong",
    "court_case.give_back",
    "mediation.end",
    "mediation.close",
    "agreement.draft",
    "agreement.change",
    "agreement.drop",
    "agreement.fail",
    "agreement.ask_confirmation",
    "agreement.note_ruling",
}
"""Whoever may lead one: which procedure, the procedure says."""
_SPOT = frozenset({"mediation.settle_on_spot"})
_TABLE = frozenset(
    {"colour_scheme.write", "colour_scheme.choose"}
    | {"paper_template.bring", "paper_template.use", "paper_template.end", "file.keep"}
)
_PANEL = frozenset({"expert.write", "expert.end"})
_LAWYER = frozenset(
    {"lawyer_hours.write", "lawyer_hours.end", "lawyer_booking.make", "lawyer_booking.move", "lawyer_booking.answer"}
)
_OWN_MATTERS = frozenset({"matter.open", "matter.note", "matter.move", "file.attach", "file.keep"})
_AT_THE_DOOR = ("grid_worker", "information_officer", "liaison_cadre", "property_manager", "assistant", "auxiliary")

_CASES: Given = {
    **dict.fromkeys(("community_officer", "station_desk", "station_chief"), _MEDIATES | _SPOT | _PANEL | _LAWYER),
    **dict.fromkeys(_AT_THE_DOOR, _MEDIATES | _SPOT),
    "mediator": _MEDIATES | _SPOT | _OWN_MATTERS | _PANEL,
    "lawyer": _HELPS | _PANEL | _LAWYER | {"file.keep"},
    "partner_officer": _MEDIATES | _PANEL | {"file.keep"},
}
_TABLES: Given = dict.fromkeys(("bureau_leader", "administrator"), _TABLE | _PANEL)

GIVEN: tuple[Given, ...] = (_CASES, _TABLES)
