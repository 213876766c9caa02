"""The live feed: no gap, no duplicate, resumed at each event; only what the actor may see; rights end inside open
streams.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from linli.api.live import door as live
from linli.api.live.door import House
from linli.org.people.acts import make_token, open_account
from linli.org.people.models import Account, Token
from linli.trail.models import Entry
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import head
from tests.town import SETUP, Town, build_town, call

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 15.0


def token(town: Town, name: str) -> str:
    account = open_account(SETUP, username=name, person=town.people[name])
    return make_token(SETUP, account=account, days=1)


def sealed() -> int:
    while seal_pending():
        pass
    return head()[0]


class Listener:
    """One client of the feed, as an ASGI server sees it."""

    def __init__(self, house: House, headers: dict[str, str], last: int | None = None) -> None:
        self.status = 0
        self.text = ""
        self.ended = asyncio.Event()
        self._gone = asyncio.Event()
        self._heard = asyncio.Condition()
        given = headers | ({"last-event-id": str(last)} if last is not None else {})
        scope = {
            "type": "http",
            "method": "GET",
            "path": live.LIVE_PATH,
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        self.task = asyncio.create_task(house(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        async with self._heard:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            else:
                self.text += message.get("body", b"").decode()
                if not message.get("more_body"):
                    self.ended.set()
            self._heard.notify_all()

    async def until(self, true: Callable[[], bool]) -> None:
        async with self._heard:
            await asyncio.wait_for(self._heard.wait_for(true), PATIENCE_S)

    async def told(self, count: int) -> None:
        """Until at least so many events came."""
        await self.until(lambda: self.status == 200 and len(self.positions) >= count)

    async def leave(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, PATIENCE_S)

    @property
    def events(self) -> list[dict[str, Any]]:
        blocks = [
            dict(line.split(": ", 1) for line in block.split("\n"))
            for block in self.text.split("\n\n")
            if "data: " in block
        ]
        return [
            json.loads(block["data"]) | {"id_line": int(block["id"]), "event": block.get("event", "")}
            for block in blocks
        ]

    @property
    def positions(self) -> list[int]:
        return [event["position"] for event in self.events if not event["event"]]


@asynccontextmanager
async def opened() -> AsyncIterator[House]:
    """The house from its start to its end."""
    house = House(lambda environ, start: [b""])
    messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    answers: asyncio.Queue[Any] = asyncio.Queue()
    task = asyncio.create_task(house({"type": "lifespan"}, messages.get, answers.put))
    await messages.put({"type": "lifespan.startup"})
    await answers.get()
    try:
        yield house
    finally:
        await messages.put({"type": "lifespan.shutdown"})
        await answers.get()
        await task


def bearer(word: str) -> dict[str, str]:
    return {"authorization": f"Bearer {word}"}


async def acting(run: Callable[[], Any]) -> Any:
    """Something that another process does meanwhile."""

    def done() -> Any:
        try:
            return run()
        finally:
            connection.close()

    return await asyncio.to_thread(done)


def test_resumed_at_each_event_nothing_is_missed_or_told_twice() -> None:
    town = build_town()
    word = token(town, "dispatcher")
    start = sealed()
    for _ in range(4):
        call(town.actor("dispatcher"), town)
    end = sealed()
    desk = town.actor("dispatcher")
    visible = Entry.objects.visible_to(desk).filter(position__gt=start, position__lte=end).order_by("position")
    seen = [int(entry.position or 0) for entry in visible]
    assert len(seen) >= 8

    async def scenario() -> None:
        async with opened() as house:
            for last in (start, *seen):
                listener = Listener(house, bearer(word), last)
                rest = [position for position in seen if position > last]
                await listener.told(len(rest))
                assert listener.positions == rest
                await listener.leave()

    asyncio.run(scenario())


def test_across_the_seam_of_rows_and_live(monkeypatch: pytest.MonkeyPatch) -> None:
    town = build_town()
    word = token(town, "dispatcher")
    start = sealed()

    async def scenario() -> None:
        async with opened() as house:
            listener = Listener(house, bearer(word), start)
            for _ in range(3):
                await acting(lambda: call(town.actor("dispatcher"), town))
                await acting(sealed)
            await listener.until(lambda: sum(event["act"] == "incident.take" for event in listener.events) == 3)
            assert listener.positions == sorted(set(listener.positions))
            taken = [event for event in listener.events if event["act"] == "incident.take"]
            assert all(event["number"].startswith("JQ") and event["version"] for event in taken)
            assert all(event["id_line"] == event["position"] for event in listener.events)
            await listener.leave()

    asyncio.run(scenario())


def test_a_room_hears_its_own_only() -> None:
    town = build_town()
    own, other = token(town, "community_officer"), token(town, "other_officer")
    sealed()

    async def scenario() -> None:
        async with opened() as house:
            here, there = Listener(house, bearer(own)), Listener(house, bearer(other))
            await here.until(lambda: here.status == 200)
            await there.until(lambda: there.status == 200)
            await acting(lambda: call(town.actor("dispatcher"), town))
            await acting(sealed)
            await here.until(lambda: any(event["act"] == "incident.take" for event in here.events))
            await asyncio.sleep(0.3)
            assert there.events == []
            await here.leave()
            await there.leave()

    asyncio.run(scenario())


@pytest.mark.parametrize("last", [10**9, 0])
def test_too_old_or_from_another_life_begins_anew(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TOO_OLD", 3)
    town = build_town()
    word, end = token(town, "dispatcher"), sealed()

    async def scenario() -> None:
        async with opened() as house:
            listener = Listener(house, bearer(word), last)
            await listener.until(lambda: "event: reset" in listener.text)
            assert f"id: {sealed_now}\n" in listener.text
            await listener.leave()

    sealed_now = sealed()
    assert sealed_now >= end
    asyncio.run(scenario())


def test_a_right_that_ends_ends_the_stream() -> None:
    town = build_town()
    word = token(town, "dispatcher")
    account = open_account(SETUP, username="desk", person=town.people["station_desk"])
    client = Client()
    client.force_login(account)
    cookie = {"cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}

    async def scenario() -> None:
        async with opened() as house:
            by_token, by_cookie = Listener(house, bearer(word)), Listener(house, cookie)
            await by_token.until(lambda: by_token.status == 200)
            await by_cookie.until(lambda: by_cookie.status == 200)
            began = asyncio.get_running_loop().time()
            await acting(
                lambda: (Token.objects.all().delete(), Account.objects.filter(pk=account.pk).update(is_active=False))
            )
            await asyncio.wait_for(asyncio.gather(by_token.ended.wait(), by_cookie.ended.wait()), PATIENCE_S)
            assert asyncio.get_running_loop().time() - began < 3, "a second, and what a busy machine adds"
            stranger = Listener(house, bearer(word))
            await stranger.until(lambda: stranger.status == 401)

    asyncio.run(scenario())
