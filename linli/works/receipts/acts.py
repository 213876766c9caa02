"""Taking and keeping receipts (IETF Idempotency-Key draft; Stripe's practice).

The receipt row and the act's rows land in one transaction: a kill between commit and answer cannot lose the answer, and
a kill before commit leaves nothing, so that the retry is the first. Two requests in flight meet on the unique row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.prepared import Question, ask, foreseen, value_of
from linli.kernel.rows import insert_values
from linli.works.jobs.acts import hourly
from linli.works.receipts.models import Receipt

declare(
    "receipt.in_flight",
    zh="同一请求正在办理，请稍候再试。",
    en="The same request is being worked on; try again shortly.",
)
declare("receipt.other_body", zh="此幂等键已用于另一内容。", en="This idempotency key was used with another body.")
declare("receipt.missing_key", zh="请求缺少 Idempotency-Key。", en="The request has no Idempotency-Key.")
declare(
    "receipt.long_key", zh="Idempotency-Key 超过 255 个字符。", en="The Idempotency-Key has more than 255 characters."
)

KEEP_DAYS = 7


_FIND = "SELECT body_digest, status, answer FROM works_receipt WHERE caller = %s AND route = %s AND key = %s"


def find_receipt(*, caller: str, route: str, key: str, body_digest: str) -> tuple[int, str] | None:
    """Status and answer stored for this key, or None when it is new. Raises Invalid for another body.

    Asked before every POST, so in plain SQL: building the query took longer than answering it.
    """
    found = ask(_FIND, [caller, route, key])
    return _of_this_body(body_digest, *found[0]) if found else None


def _of_this_body(body_digest: str, digest: str, status: Any, told: str) -> tuple[int, str]:
    if digest != body_digest:
        raise Invalid("receipt.other_body")
    return int(status), str(told)


_HOLD = "pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_FOUND = (
    "(SELECT ARRAY[body_digest, status::text, answer] FROM works_receipt WHERE caller = %s AND route = %s AND key = %s)"
)


def hold_key(*, caller: str, route: str, key: str) -> None:
    """Inside the request's transaction: say that this key is being worked on. Raises Conflict when another transaction
    said so.

    PostgreSQL only, where two transactions run beside each other; on SQLite writers stand in line and the second finds
    the finished receipt.
    """
    if connection.vendor == "postgresql" and not value_of(Question(_HOLD, (f"{caller} {route} {key}",))):
        raise Conflict("receipt.in_flight")


def hold_and_find(*, caller: str, route: str, key: str, body_digest: str) -> tuple[int, str] | None:
    """On PostgreSQL, inside the transaction: hold the key and find its receipt with one statement. A racer that keeps
    its receipt between the two is met by the unique row.
    """
    kept = Question(_FOUND, (caller, route, key))
    with foreseen(kept):
        hold_key(caller=caller, route=route, key=key)
        found = value_of(kept)
    return _of_this_body(body_digest, *found) if found else None


def keep_receipt(*, caller: str, route: str, key: str, body_digest: str, status: int, answer: str) -> None:
    """Keep the answer, inside the request's transaction. A racer that lost gets IntegrityError and loses all it did."""
    receipt = {
        "caller": caller, "route": route, "key": key, "body_digest": body_digest, "status": status, "answer": answer,
        "at": clock.now(),
    }  # fmt: skip
    insert_values(Receipt, receipt)


@hourly("receipts.sweep")
def sweep_receipts(payload: dict[str, object]) -> None:
    """Forget answers older than seven days."""
    Receipt.objects.filter(at__lt=clock.now() - timedelta(days=KEEP_DAYS)).delete()
