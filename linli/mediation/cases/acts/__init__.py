"""Opening a case, naming who works in it, grading it, accepting it under a procedure, ending it."""

from __future__ import annotations

from linli.mediation.cases.acts.ending import close_case, end_case, end_for_refusal, report_crime
from linli.mediation.cases.acts.grading import grade_case
from linli.mediation.cases.acts.keeping import on_thinned
from linli.mediation.cases.acts.members import name_member, release_member
from linli.mediation.cases.acts.opening import accept_case, change_case, open_case, try_again

__all__ = [
    "accept_case",
    "change_case",
    "close_case",
    "end_case",
    "end_for_refusal",
    "grade_case",
    "name_member",
    "on_thinned",
    "open_case",
    "release_member",
    "report_crime",
    "try_again",
]
