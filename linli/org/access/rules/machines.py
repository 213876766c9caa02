"""What no post carries."""

from __future__ import annotations

SYSTEM_ONLY: frozenset[str] = frozenset(
    {"order.escalate", "order.unreachable", "order.prove_arrival", "handover.chase", "message.report", "demo.load"}
    | {"alert.expire", "register.erase", "matter.thin", "visit.thin", "visit.gather", "visit.spread_campaign"}
    | {"public.report", "public.add_photo", "public.give_opinion", "volunteer.apply"}
    | {"line.lapse", "task.spread", "task.tell"}
    | {"code_card.count_try", "code_card.lock", "code_card.bind", "code_card.enter"}
    | {"tip.give", "tip.write", "tip.end_envelopes", "tip.erase"}
    | {"mediation.remind", "lawyer_booking.erase", "lawyer_booking.ask", "lawyer_booking.give_back"}
)
"""Acts that only the house's own machines do."""
