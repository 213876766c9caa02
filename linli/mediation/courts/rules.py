"""What comes from a court and goes back to it: pure.

Rules of the Supreme Court on invited mediation (2016) art. 27: thirty days for what is sent before the suit, counted
from the day on which the mediator received it; longer where both parties agree. Civil Procedure Law 2023 art. 125.
"""

from __future__ import annotations

from linli.kernel.errors import declare
from linli.kernel.words import Words

declare("court.sent_already", zh="这起纠纷已登记法院委派。", en="That a court sent it is written down already.")
declare("court.none", zh="这起纠纷不是法院委派的，或者已经退回。", en="No court sent this dispute, or it went back.")
declare("court.longer_jointly", zh="双方当事人都同意才能延长。", en="It is prolonged only when both parties agree.")
declare("court.not_ended", zh="调解还没有结果，有结果再回复法院。", en="Mediation has no result yet to answer with.")

OUTCOMES: dict[str, Words] = {
    "agreed": Words("达成调解协议", "an agreement was reached"),
    "failed": Words("未达成调解协议，请依法立案", "no agreement: the court takes the suit on"),
    "withdrawn": Words("当事人不再要求处理", "the parties ask for nothing more"),
}
LONGEST_DAYS = 90
"""A longer wait than this is no mediation before a suit any more: the court is asked again."""


def outcome_of(state: str, end_reason: str) -> str:
    """What a case's state says to the court; empty while there is nothing to say."""
    if state in ("agreed", "performed", "closed"):
        return "agreed"
    if state != "ended":
        return ""
    return "withdrawn" if end_reason == "withdrawn" else "failed"
