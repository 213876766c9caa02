"""A phone as the offline app behaves: a queue of operations, packed batches side by side, resent until answered."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

BATCH = 250
FINAL = ("applied", "duplicate", "conflict", "rejected")


def operations(
    author: str, count: int, *, seed: int = 1, spots: Sequence[tuple[float, float]] = ()
) -> list[dict[str, Any]]:
    """What an officer does in two days without a network: hazards and requests opened, notes on them, steps taken."""
    chance = random.Random(seed)
    made: list[dict[str, Any]] = []
    at = datetime.now(UTC) - timedelta(days=2)

    def one(act: str, record: str, seq: int, values: dict[str, Any]) -> None:
        made.append(
            {
                "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                "author": author,
                "seq": seq,
                "branch": record,
                "act": act,
                "record": record,
                "changed": {name: {"new": value} for name, value in values.items()},
                "device_at": (at + timedelta(seconds=len(made) * 150)).isoformat(),
            }
        )

    while len(made) < count:
        record = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        what = chance.choice(("路灯不亮", "井盖松动", "楼道堆放电动车", "消防通道被占"))
        values: dict[str, Any] = {"what": f"{what}，第{len(made)}处", "title": what}
        if spots:
            lon, lat = chance.choice(spots)
            values["place"] = {"lon": lon, "lat": lat, "accuracy_m": chance.randint(5, 40)}
        one("matter.open:hazard", record, 1, values)
        seq = 1
        while len(made) < count and seq < 4:
            seq += 1
            if seq == 4:
                one("matter.move:hazard.settle", record, seq, {"outcome": "已联系物业处理"})
            else:
                one("matter.note", record, seq, {"text": f"第{len(made)}条：已现场查看，{what}，已告知负责人"})
    return made


@dataclass
class Line:
    """Where the phone sends to, and by which token."""

    port: int
    token: str
    timeout_s: float = 20.0
    sent_bytes: int = 0
    tries: int = 0
    held: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; raises OSError or TimeoutError when the line fails. A connection is kept for the next."""
        self.tries += 1
        packed = gzip.compress(json.dumps(body, ensure_ascii=False).encode(), 9, mtime=0) if body is not None else b""
        reader, writer = self.held.pop() if self.held else await asyncio.open_connection("127.0.0.1", self.port)
        try:
            answer = await asyncio.wait_for(self._exchange(reader, writer, method, path, packed), self.timeout_s)
        except BaseException:
            writer.transport.abort()
            raise
        self.held.append((reader, writer))
        return answer

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, path: str, packed: bytes
    ) -> Any:
        head = (
            f"{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Accept-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n"
        )
        if packed:
            key = uuid.uuid4()
            head += f"Content-Type: application/json\r\nContent-Encoding: gzip\r\nIdempotency-Key: {key}\r\n"
        whole = head.encode() + b"\r\n" + packed
        self.sent_bytes += len(whole)
        writer.write(whole)
        told = await reader.readuntil(b"\r\n\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in told.decode().split("\r\n")[1:] if line)
        }
        answer = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("content-encoding") == "gzip":
            answer = gzip.decompress(answer)
        status = int(told[9:12])
        if status >= 500:
            raise OSError(f"{status}")
        if status >= 400:
            raise RuntimeError(f"{status}: {answer[:300]!r}")
        return json.loads(answer) if answer else None

    def close(self) -> None:
        for _, writer in self.held:
            writer.close()
        self.held.clear()


async def deliver(
    line: Line, device: str, queue: list[dict[str, Any]], *, batch: int = BATCH, side_by_side: int = 4
) -> dict[str, dict[str, Any]]:
    """Send a queue until each operation has its final answer; the answers by id. Nothing is ever dropped."""
    final: dict[str, dict[str, Any]] = {}
    waiting = [queue[at : at + batch] for at in range(0, len(queue), batch)]

    async def send() -> None:
        while waiting:
            mine = waiting.pop(0)
            body = {"device": device, "sent_at": datetime.now(UTC).isoformat(), "operations": mine}
            try:
                told = await line.ask("POST", "/field/operations", body)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                waiting.append(mine)
                continue
            final.update({one["id"]: one for one in told["answers"] if one["answer"] in FINAL})
            left = [one for one in mine if one["id"] not in final]
            if left:
                waiting.append(left)
                await asyncio.sleep(0.2)

    while len(final) < len(queue):
        await asyncio.gather(*(send() for _ in range(side_by_side)))
    return final
