"""People as they come from outside: a browser that is signed in, the API in its session, and a phone in a pocket."""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from typing import Any

from django.test import Client

from linli.kernel import clock
from linli.org.people.acts import open_account
from tests.town import SETUP, Town

PIN = "846203"


class Visitor:
    """One person at pages, API and phone. What is refused fails the test, unless ``status`` says that it must be."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.device = ""
        self._seq: dict[str, int] = defaultdict(int)

    def page(self, path: str, *, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return str(answer.content.decode())

    def press(self, path: str, *, status: int = 302, **fields: Any) -> str:
        """A form of a page is sent; where it leads to, or what it says."""
        answer = self.client.post(path, fields)
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-1500:])
        return str(answer.headers.get("Location", "") or answer.content.decode())

    def ask(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, (path, answer.content.decode())
        return answer.json()

    def tell(self, path: str, *, status: int = 0, **body: Any) -> Any:
        headers = {"idempotency-key": uuid.uuid4().hex}
        answer = self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
        wanted = (status,) if status else (200, 201)
        assert answer.status_code in wanted, (path, answer.status_code, answer.content.decode())
        return answer.json()

    def takes_along(self) -> dict[str, dict[str, Any]]:
        """What the phone holds, by its type and key."""
        if not self.device:
            self.device = str(uuid.uuid4())
            self.tell("/field/devices", device=self.device, name="演练手机")
        items = self.ask(f"/field/pack?device={self.device}")["items"]
        return {f"{one['type']}:{one['id']}": one["data"] for one in items}

    def does(self, act: str, record: Any, *, answer: str = "applied", **values: Any) -> dict[str, Any]:
        """One operation of the phone, and what the house said to it."""
        self.takes_along()
        me = self.ask("/me")["id"]
        key = str(record)
        self._seq[key] += 1
        operation = {
            "id": str(uuid.uuid4()),
            "author": me,
            "seq": self._seq[key],
            "branch": key,
            "act": act,
            "record": key,
            "changed": {name: {"new": value} for name, value in values.items()},
            "device_at": clock.now().isoformat(),
        }
        told = self.tell(
            "/field/operations", device=self.device, sent_at=clock.now().isoformat(), operations=[operation]
        )
        [said] = told["answers"]
        assert said["answer"] == answer, said
        return dict(said)


def at_desk(town: Town, who: str) -> Visitor:
    """Signed in, as after password and second factor."""
    client = Client()
    client.force_login(open_account(SETUP, username=f"at-{who}", person=town.people[who]))
    return Visitor(client)


def by_card(town: Town, office: Visitor, who: str) -> Visitor:
    """The room prints a code card for somebody, who binds it to a phone and signs in with it."""
    person = town.people[who]
    office.press("/code-cards/issue", person=str(person.pk))
    shown = office.page("/code-cards")
    starter = re.search(rf"{person.name}.*?<b>(\d{{6}})</b>", shown, re.DOTALL)
    code = re.search(rf"<b>{person.name}</b>.*?>(\w{{4}}-\w{{4}})<", shown, re.DOTALL)
    assert starter and code, shown
    phone = Visitor(Client())
    assert phone.press("/sign-in/card", code=code[1], pin=starter[1]) == "/sign-in/card/pin"
    assert phone.press("/sign-in/card/pin", pin=PIN, again=PIN) == "/field/"
    return phone
