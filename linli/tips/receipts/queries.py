"""From sixteen digits to the keys of a tip, with the limits in front."""

from __future__ import annotations

from datetime import datetime

from linli.kernel import clock
from linli.kernel.boxes import stretched
from linli.kernel.crypto import house_key
from linli.kernel.errors import Conflict
from linli.tips.receipts.models import WrongHour
from linli.tips.receipts.rules import (
    GIVES,
    GIVES_REFILL_S,
    LOOKS,
    LOOKS_REFILL_S,
    Bucket,
    GiverKeys,
    may_guess,
    receipt_for,
    split,
)

_SALT = "tips.receipt.salt"
_DRAW = "tips.receipt.draw"
LOOK_BUCKET = Bucket(most=LOOKS, refill_s=LOOKS_REFILL_S)
GIVE_BUCKET = Bucket(most=GIVES, refill_s=GIVES_REFILL_S)


def this_hour() -> datetime:
    """The beginning of the present hour."""
    return clock.now().replace(minute=0, second=0, microsecond=0)


def wrong_this_hour() -> int:
    """How many receipts were wrong in this hour, in all processes together."""
    return WrongHour.objects.filter(hour_at=this_hour()).values_list("wrong", flat=True).first() or 0


def keys_of(receipt: str) -> GiverKeys:
    """Index and key of a receipt, at the full cost of a guess (0.3 s, 64 MiB). The salt is of the house's key file:
    whoever has the tables alone cannot even begin.
    """
    return split(stretched(receipt, salt=house_key(_SALT)[:16]))


def let_look() -> None:
    """Before a receipt is tried: raises Conflict ``tip.slow_down`` when this process or the whole house has had
    too many.
    """
    if not may_guess(wrong_this_hour()):
        raise Conflict("tip.slow_down", minutes=60 - clock.now().minute)
    if not LOOK_BUCKET.take(clock.now().timestamp()):
        raise Conflict("tip.slow_down", minutes=1)


def let_give() -> None:
    """Before a tip is taken: raises Conflict ``tip.slow_down`` in a flood."""
    if not GIVE_BUCKET.take(clock.now().timestamp()):
        raise Conflict("tip.slow_down", minutes=1)


def draw(*, nonce: str, content: str) -> str:
    """The receipt of a form filled in."""
    return receipt_for(house_key(_DRAW), nonce=nonce, content=content)
