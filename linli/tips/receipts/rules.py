"""Sixteen digits in fours, and buckets that bound how often they are guessed: pure, with the time given.

Why no shorter part of a receipt is kept to find it by: ADR 0174.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import unicodedata
from dataclasses import dataclass

from linli.kernel.boxes import part
from linli.kernel.errors import Invalid, declare

declare("tip.receipt_form", zh="回执是16位数字，每4位一组。", en="A receipt is sixteen digits, in groups of four.")
declare(
    "tip.receipt_unknown",
    zh="没有这张回执。请核对16位数字；连续输错要等几分钟。",
    en="There is no such receipt. Check the sixteen digits; after many wrong ones it takes some minutes.",
)
declare(
    "tip.slow_down",
    zh="试得太多了，请过{minutes}分钟再试。您的回执一直有效。",
    en="Too many attempts; please try again in {minutes} minutes. Your receipt stays good.",
)

DIGITS = 16
_SPACE = 10**DIGITS
DEMO_RECEIPTS = ("1111222233334444", "5555666677778888")
"""Of the demo county's tips; the pages of a demo show the first."""
LOOKS = 20
"""How many receipts one process takes at once …"""
LOOKS_REFILL_S = 2.0
"""… and after how many seconds one more."""
GIVES = 10
GIVES_REFILL_S = 3.0
WRONG_AN_HOUR = 600
"""Wrong receipts that the whole house bears in an hour, however many processes it has."""


@dataclass(frozen=True, slots=True)
class GiverKeys:
    """What a receipt becomes: ``index`` finds the tip, ``key`` opens it. Neither leads back to the receipt, nor the
    index to the key.
    """

    index: str
    key: bytes


def split(master: bytes) -> GiverKeys:
    """Index and key from a stretched receipt."""
    return GiverKeys(part(master, "index")[:16].hex(), part(master, "giver"))


def receipt_for(house: bytes, *, nonce: str, content: str) -> str:
    """The receipt of a form filled in: the same form with the same words gets the same receipt, so that one sent twice
    over a bad line is one tip. Another text gets another, so that whoever goes back in a shared browser and writes
    something else is never shown the first one's receipt.
    """
    told = hashlib.sha256(content.encode()).hexdigest()
    drawn = hmac.digest(house, f"{nonce}\x00{told}".encode(), "sha256")
    return f"{int.from_bytes(drawn, 'big') % _SPACE:0{DIGITS}d}"


def in_fours(receipt: str) -> str:
    """As it is shown: ``1234 5678 9012 3456``."""
    return " ".join(receipt[at : at + 4] for at in range(0, DIGITS, 4))


def read_receipt(typed: str) -> str:
    """The sixteen digits of what somebody typed: with spaces or hyphens, in full width. Raises Invalid
    ``tip.receipt_form``.
    """
    plain = unicodedata.normalize("NFKC", typed[:80])
    digits = "".join(sign for sign in plain if sign not in " -_.\t\r\n·—–")
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        raise Invalid("tip.receipt_form", field="receipt")
    return digits


class Bucket:
    """So many at once, then one more every ``refill_s`` seconds. Knows nobody: what it counts is attempts.

    Times are seconds of any steady clock. Safe between threads.
    """

    def __init__(self, *, most: int, refill_s: float) -> None:
        self._most, self._refill_s = float(most), refill_s
        self._held, self._seen_s = float(most), 0.0
        self._lock = threading.Lock()

    def take(self, now_s: float) -> bool:
        """Take one; False when none is left."""
        with self._lock:
            gained = max(0.0, now_s - self._seen_s) / self._refill_s if self._seen_s else self._most
            self._held, self._seen_s = min(self._most, self._held + gained), now_s
            if self._held < 1.0:
                return False
            self._held -= 1.0
            return True


def may_guess(wrong_this_hour: int) -> bool:
    """Whether the whole house still takes receipts in this hour."""
    return wrong_this_hour < WRONG_AN_HOUR
