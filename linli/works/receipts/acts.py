"""Taking and keeping receipts (IETF Idempotency-Key draft; Stripe's practice).

The receipt row and the act's rows land in one transaction: a kill between commit and answer cannot lose the answer, and
a kill before commit leaves nothing, so that the retry is the first. Two requests in flight meet on the unique row.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.prepared import ask
from linli.kernel.rows import insert
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
    if not found:
        return None
    [(digest, status, answer)] = found
    if digest != body_digest:
        raise Invalid("receipt.other_body")
    return int(status), str(answer)


def hold_key(*, caller: str, route: str, key: str) -> None:
    """Inside the request's transaction: say that this key is being worked on. Raises Conflict when another transaction
    said so.

    PostgreSQL only, where two transactions run beside each other; on SQLite writers stand in line and the second finds
    the finished receipt.
    """
    if connection.vendor != "postgresql":
        return
    [[held]] = ask("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{caller} {route} {key}"])
    if not held:
        raise Conflict("receipt.in_flight")


def keep_receipt(*, caller: str, route: str, key: str, body_digest: str, status: int, answer: str) -> Receipt:
    """Keep the answer, inside the request's transaction. A racer that lost gets IntegrityError and loses all it did."""
    receipt = Receipt(
        caller=caller, route=route, key=key, body_digest=body_digest, status=status, answer=answer, at=clock.now()
    )
    insert(receipt)
    return receipt


@hourly("receipts.sweep")
def sweep_receipts(payload: dict[str, object]) -> None:
    """Forget answers older than seven days."""
    Receipt.objects.filter(at__lt=clock.now() - timedelta(days=KEEP_DAYS)).delete()
