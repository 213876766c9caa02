"""The API as a machine meets it: a bearer token, JSON, an idempotency key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.test import Client

from linli.api.auth import ACTORS
from linli.org.people.acts import make_token, open_account
from linli.org.people.models import Account
from tests.town import SETUP, Town, build_town

_keys = count()


class Door:
    """One caller: ``get`` and ``post`` answer the status and the parsed body."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.token = make_token(SETUP, account=account, days=1)
        self.client = Client(raise_request_exception=False)
        self.headers: dict[str, str] = {}

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1{path}", query, HTTP_AUTHORIZATION=f"Bearer {self.token}")
        return self._read(answer)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> tuple[int, Any]:
        return self.send(path, json.dumps({} if body is None else body).encode(), key=key)

    def send(self, path: str, body: bytes, *, key: str | None = None) -> tuple[int, Any]:
        answer = self.client.post(
            f"/api/v1{path}",
            data=body,
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.token}",
            HTTP_IDEMPOTENCY_KEY=key or f"key-{next(_keys)}",
        )
        return self._read(answer)

    def _read(self, answer: Any) -> tuple[int, Any]:
        self.headers = dict(answer.headers)
        return answer.status_code, json.loads(answer.content) if answer.content else None


@pytest.fixture
def town(db: None) -> Town:
    """A small county."""
    return build_town()


@pytest.fixture
def door(town: Town) -> Iterator[Callable[[str], Door]]:
    """``door("dispatcher")``: the API as this person's device uses it; ``door("110")`` is the bureau's 110 system."""
    ACTORS.forget()
    opened: dict[str, Door] = {}

    def enter(name: str) -> Door:
        if name not in opened:
            person = town.people.get(name)
            account = open_account(SETUP, username=name, person=person, machine="" if person else name)
            opened[name] = Door(account)
        return opened[name]

    yield enter
    ACTORS.forget()
