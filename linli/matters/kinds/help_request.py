"""求助: somebody needs a hand; named helpers take it and do it (Q10)."""

from __future__ import annotations

from linli.kernel.words import Words
from linli.matters.kinds.rules import REPORTERS, Field, Kind, plain_workflow

KIND = Kind(
    code="help_request",
    prefix="BZ",
    words=Words("求助", "request for help"),
    icon="heart-handshake",
    workflow=plain_workflow("help_request", Words("已帮办", "helped")),
    opens=REPORTERS,
    details=(Field("need", Words("需要", "need"), required=True),),
    due_after_h=48,
    seed={"title": "独居老人需要送药", "need": "每周一次代取药"},
)
