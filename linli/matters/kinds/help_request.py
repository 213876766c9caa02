"""求助（帮办）: somebody needs a hand; a named helper takes it, does it, and is thanked (Q7, Q10).

Long-term help (an orphan, a disabled person alone) stays with its helper: each time done sets the date of the next.
"""

from __future__ import annotations

from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.kinds.rules import ASSIGNED, AWAY, HANDS, REPORTERS, SHARERS, Field, Kind, assign, goes_away, reopen

HELPERS = REPORTERS
"""Whoever may ask for help may give it: cadres and grid workers answer first (Q10)."""

LIFE = Workflow(
    "help_request",
    "open",
    (
        State("open", Words("待帮办", "waits for a helper")),
        ASSIGNED,
        State("helping", Words("帮办中", "a helper is at it")),
        State("settled", Words("已帮办", "helped")),
        State("closed", Words("结案", "closed"), final=True),
        AWAY,
    ),
    (
        Move("take_on", ("open", "assigned"), "helping", Words("我来帮", "I will help"), may=HELPERS, takes_on=True),
        Move(
            "settle",
            ("open", "assigned", "helping"),
            "settled",
            Words("已帮好", "it is done"),
            needs=("outcome",),
            may=HELPERS,
        ),
        Move("help_once", ("helping",), "helping", Words("这次已帮", "done this time"), needs=("done",), may=HELPERS),
        Move(
            "hand_back", ("assigned", "helping"), "open", Words("帮不了", "cannot help"), needs=("reason",), may=HELPERS
        ),
        assign("open", "assigned", "helping", "settled"),
        Move("close", ("settled",), "closed", Words("致谢并结案", "thank and close"), also=("thanks",), may=HANDS),
        reopen(),
        *goes_away("open", "assigned", "helping"),
    ),
)

KIND = Kind(
    code="help_request",
    prefix="BZ",
    words=Words("求助", "request for help"),
    icon="heart-handshake",
    workflow=LIFE,
    opens=SHARERS,
    details=(
        Field("need", Words("需要", "need"), required=True),
        Field(
            "often",
            Words("多久一次", "how often"),
            "choice",
            choices=(
                ("once", Words("一次", "once")),
                ("weekly", Words("每周", "every week")),
                ("monthly", Words("每月", "every month")),
            ),
            counted=True,
        ),
    ),
    asks=(
        Field("done", Words("这次做了什么", "what was done this time")),
        Field("thanks", Words("被帮助人的话", "what the one helped says")),
    ),
    columns=("number", "title", "state", "assignee", "due_at", "opened_at"),
    due_after_h=48,
    due_in_h={"helping": 7 * 24, "settled": 72},
    pictured=("help_once", "settle"),
    seed={"title": "独居老人需要送药", "need": "每周一次代取药", "often": "weekly"},
)
