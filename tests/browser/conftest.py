"""One installation as in the field, with the small demo county, for all browser tests; a page for each role."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.installation import Installation
from tools.workshop import frontend
from tools.workshop.pattern import copied

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Two passes of the suite share two cores: what a page owes its user in time is measured in benchmarks, not here.
expect.set_options(timeout=25_000)
# What software rendering says about itself is no fault of the page.
NOISE = ("GPU stall", "WebGL", "GroupMarkerNotSet")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A served demo county."""
    assert (frontend.BUNDLE / "manifest.json").is_file(), "the frontend is not built: tools/setup"
    home = tmp_path_factory.mktemp("site")
    copied(home / "linli.sqlite3")
    with Installation(home, f"sqlite:///{home / 'linli.sqlite3'}") as running:
        running.command("demo", "load", "--size", "town", timeout_s=300)
        running.start("serve")
        yield running


@dataclass
class Visitor:
    """A signed-in person in a browser of his own. ``complaints`` are the page's errors: a test wants none."""

    page: Page
    context: BrowserContext
    origin: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def ask(self, path: str) -> Any:
        """A GET of the API as this person."""
        answer = self.page.request.get(f"{self.origin}/api/v1{path}")
        assert answer.ok, (path, answer.status, answer.text())
        return answer.json()

    def listen(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text)
                if said.type == "error" and not any(word in said.text for word in NOISE)
                else None
            ),
        )


SignIn = Callable[..., Visitor]


@pytest.fixture
def sign_in(site: Installation, browser: Browser) -> Iterator[SignIn]:
    """``sign_in("dispatcher", phone=False, dark=False, **context)``: taps the role on the demo's sign-in page."""
    opened: list[BrowserContext] = []

    def enter(role: str, *, phone: bool = False, dark: bool = False, **more: Any) -> Visitor:
        settings: dict[str, Any] = {
            "viewport": PHONE if phone else DESK,
            "has_touch": phone,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "color_scheme": "dark" if dark else "light",
            **more,
        }
        context = browser.new_context(**settings)
        opened.append(context)
        visitor = Visitor(context.new_page(), context, site.origin)
        visitor.listen()
        visitor.open("/sign-in/")
        visitor.page.click(f"[data-role={role}]")
        visitor.page.wait_for_url(lambda url: "/sign-in" not in url)
        return visitor

    yield enter
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def dispatcher(site: Installation) -> Iterator[httpx.Client]:
    """The API as the bureau's dispatcher, without a browser."""
    token = site.command("token", "demo-dispatcher", "--days", "1")["token"]
    with httpx.Client(base_url=f"{site.origin}/api/v1", headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.fixture(autouse=True)
def units_are_free_again(site: Installation, dispatcher: httpx.Client) -> Iterator[None]:
    """What a test ordered is recalled behind it: the next one finds the town's units free."""
    yield
    for matter in dispatcher.get("/matters", params={"kind": "incident", "open": "1", "limit": "100"}).json()["items"]:
        for order in matter["orders"]:
            if order["state"] not in ("done", "declined", "recalled"):
                key = {"Idempotency-Key": uuid.uuid4().hex}
                dispatcher.post(f"/orders/{order['id']}/moves/recall", json={"reason": "试毕"}, headers=key)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a failing look can be looked at."""
    return tmp_path_factory.mktemp("pictures")
