"""`tools/pictures`: takes docs/pictures anew from a demo county that plays a live shift. In the checkout's own Python.
Each page as ``<page>.<theme>.<width>.png``: 1440 × 900 for desks, 390 × 844 for phones.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.workshop import debian, frontend, python_env
from tools.workshop.paths import BIN, ROOT, STATE, VENV
from tools.workshop.postgres import free_port
from tools.workshop.steps import say

TARGET = ROOT / "docs" / "pictures"
READY_S = 900
PLAYED_S = 45
PACE_S = 12
_QUIET = "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update"
FLAGS = [*_QUIET.split(), "--disable-sync", "--enable-unsafe-swiftshader"]
PAGES = {
    "station_chief": {
        "today": "/today",
        "mine": "/mine",
        "meeting": "/meeting",
        "meanings": "/figures",
        "lists": "/lists",
        "grades": "/grades",
        "matters": "/matters?open=1",
        "matter_new": "/matters/new/dispute",
        "rooms": "/rooms",
        "room_new": "/rooms/new",
        "organisation": "/organisation",
        "components": "/components",
        "cards": "/cards",
        "line": "/line",
        "line_clocks": "/line/clocks",
        "tasks": "/tasks",
        "task_new": "/tasks/new",
        "task_gate": "/tasks/gate",
        "code_cards": "/code-cards",
        "card_design_new": "/cards/designs/new",
        "care": "/care",
        "care_new": "/care/new",
        "hours_rooms": "/hours/rooms",
        "drawings": "/drawings",
        "drawing_ask": "/drawings/new",
        "campaign_new": "/campaigns/new",
        "population": "/register",
        "population_tree": "/register/addresses",
        "population_terms": "/register/terms",
        "population_due": "/register/due",
        "population_people": "/register/people",
        "population_reports": "/register/reports",
        "population_pairs": "/register/pairs",
        "volunteer_applications": "/volunteers/applications",
        "alerts": "/outreach",
        "alert_new": "/outreach/new",
        "groups": "/outreach/groups",
        "group_new": "/outreach/groups/new",
        "opinions": "/opinions",
        "results": "/results",
        "tickets": "/tickets",
        "divergences": "/divergences",
        "mediation": "/mediation",
        "mediation_calendar": "/mediation/calendar",
        "mediation_tables": "/mediation/tables",
        "mediation_outcomes": "/mediation/outcomes",
        "mediation_lawyers": "/mediation/lawyers",
        "mediation_panel": "/mediation/panel",
        "mediation_clocks": "/mediation/clocks",
    },
    "community_officer": {
        "paste": "/paste",
        "my_channels": "/mine/channels",
        "door": "/door",
        "door_officer": "/door/officer",
        "door_map": "/door/map",
        "door_guide": "/door/guide",
        "door_follow": "/door/follow",
        "door_watcher": "/door/watcher",
        "door_lawyer": "/door/lawyer",
        "door_lawyer_follow": "/door/lawyer/follow",
        "portal_alerts": "/door/alerts",
        "hours": "/hours",
        "visits": "/visits",
        "visit_new": "/visits/new",
        "visit_list": "/visits/all",
        "visit_due_new": "/visits/due/new",
        "inspections": "/inspections",
        "inspection_new": "/inspections/new",
        "campaigns": "/campaigns",
        "work": "/visits/figures",
        "tips": "/tips",
        "tips_counter": "/tips/counter",
        "tips_anonymous": "/t/",
        "tips_give": "/t/give",
        "tips_look": "/t/look",
        "tips_broken_in": "/t/break-in",
    },
    "bureau_leader": {
        "board": "/board",
        "limits": "/limits",
        "list_naming": "/lists/naming",
        "wall": "/wall",
        "task_allow": "/tasks/gate/set",
        "mediation_templates": "/mediation/templates",
    },
    "administrator": {
        "agency_new": "/organisation/new",
        "people": "/people",
        "person_new": "/people/new",
        "administration": "/administration",
        "jobs": "/administration/jobs",
        "reads": "/administration/reads",
        "feeds": "/administration/feeds",
        "feed_new": "/administration/feeds/new",
        "gateways": "/administration/gateways",
        "field_phones": "/field-phones",
        "channel_new": "/administration/channels/new",
        "peer_new": "/administration/peers/new",
        "roads": "/roads",
        "premises_list": "/premises",
        "premises_new": "/premises/new",
        "devices": "/devices",
        "device_new": "/devices/new",
        "grading": "/grading",
        "grading_new": "/grading/new",
        "volunteers": "/volunteers",
        "loads": "/loads",
        "visit_settings": "/visits/settings",
        "visit_reason_new": "/visits/settings/reasons/new",
        "checklist_new": "/visits/settings/checklists/new",
        "volunteer_new": "/volunteers/new",
    },
}
"""By post, and by the name in the URL table; ``tests/contracts`` looks that none is forgotten."""
LED_TO = {
    "task": ("station_chief", "/tasks", "tbody a >> nth=0"),
    "line_clock": ("bureau_leader", "/line/clocks", "tbody a >> nth=0"),
    "matter": ("station_chief", "/matters?kind=incident", "tbody a >> nth=0"),
    "room": ("station_chief", "/rooms", "tbody a >> nth=0"),
    "roster": ("station_chief", "/organisation", "a[href$=roster] >> nth=0"),
    "person": ("administrator", "/people", "tbody a >> nth=0"),
    "visit": ("community_officer", "/visits/all", "tbody a >> nth=0"),
    "inspection": ("community_officer", "/inspections", "tbody a >> nth=0"),
    "campaign": ("community_officer", "/campaigns", "tbody a >> nth=0"),
    "premises": ("administrator", "/premises", "tbody a >> nth=0"),
    "population_place": ("station_chief", "/register/due", "tbody a >> nth=0"),
    "population_person": ("station_chief", "/register/due", "tbody a[href*=people] >> nth=0"),
    "population_report": ("station_chief", "/register/reports", "tbody a >> nth=0"),
    "population_pair": ("station_chief", "/register/pairs", "tbody a >> nth=0"),
    "device": ("administrator", "/devices", "tbody a >> nth=0"),
    "volunteer": ("administrator", "/volunteers", "tbody a >> nth=0"),
}
"""Pages of one row: the page that leads there, and the link."""
OF_THEIR_OWN = frozenset({"sign_in", "card_sign_in", "card_pin", "desk", "phone", "field", "map"})
"""Taken in the middle of work, by functions of their own."""
OFTEN_SEEN = frozenset({"today", "matters", "matter", "board", "wall", "rooms", "room", "lists"})
"""In both themes at both sizes; the others light on a desk and dark on a phone."""
WIDE, NARROW = (1440, 900), (390, 844)


def main(arguments: Sequence[str]) -> int:
    """Entry: becomes the checkout's Python first, because the browser's driver is installed there."""
    python_env.ensure()
    if Path(sys.prefix) != VENV:
        os.execv(BIN / "python", [str(BIN / "python"), str(ROOT / "tools" / "pictures"), *arguments])
    frontend.ensure()
    parser = argparse.ArgumentParser(prog="tools/pictures", description=__doc__)
    parser.add_argument("--size", default="county", help="of the demo county")
    parser.add_argument("--home", type=Path, default=STATE / "pictures", help="where the county is kept")
    options = parser.parse_args(arguments)
    with played(options.home, options.size) as origin:
        take_all(origin)
    say(f"pictures are in {TARGET.relative_to(ROOT)}")
    return 0


@contextmanager
def played(home: Path, size: str) -> Iterator[str]:
    """A served county in which calls come in and units move; its address."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [str(BIN / "linli"), "demo", "run", "--size", size, "--port", str(port), "--pace", str(PACE_S)]
    with (home / "pictures.log").open("ab") as log:
        served = subprocess.Popen(
            command, env={**os.environ, "LINLI_HOME": str(home)}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        origin = f"http://127.0.0.1:{port}"
        _wait(served, origin)
        say(f"the county plays for {PLAYED_S} s")
        time.sleep(PLAYED_S)
        yield origin
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(30)


def _wait(served: subprocess.Popen[bytes], origin: str) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if served.poll() is not None:
            raise SystemExit("the demo ended before it was ready; see pictures.log in its home")
        try:
            with urllib.request.urlopen(f"{origin}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"the demo is not ready after {READY_S} s")


class Camera:
    """One browser; ``page`` gives a signed-in page of a role, theme and size."""

    def __init__(self, browser: Any, origin: str) -> None:
        self.browser = browser
        self.origin = origin

    def page(self, role: str, theme: str, size: tuple[int, int]) -> Any:
        """A fresh context: its own session, theme and position."""
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=size == NARROW,
        )
        page = context.new_page()
        page.goto(f"{self.origin}/sign-in/")
        if role:
            page.click(f"[data-role={role}]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def shoot(self, page: Any, name: str, theme: str, size: tuple[int, int]) -> None:
        """Write the picture."""
        page.wait_for_timeout(900)
        path = TARGET / f"{name}.{theme}.{size[0]}.png"
        page.screenshot(path=str(path))
        make_small(path)


def make_small(path: Path) -> None:
    """Pages have few colours: 256 of their own are enough, and the repository keeps a third of the bytes."""
    from PIL import Image  # noqa: PLC0415 - only the checkout's Python has it

    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def take_all(origin: str) -> None:
    """Every picture, in both themes."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the checkout's Python has it

    found = debian.chromium()
    if found is None:
        raise SystemExit(debian.explain(["chromium"]))
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(found), args=FLAGS)
        camera = Camera(browser, origin)
        for theme in ("light", "dark"):
            say(f"taking the {theme} pictures")
            for take in (_sign_in, _desk, _phone, _field, _pages, _map):
                take(camera, theme)
        browser.close()


def _sign_in(camera: Camera, theme: str) -> None:
    for size in (WIDE, NARROW):
        page = camera.page("", theme, size)
        camera.shoot(page, "sign-in", theme, size)
        page.context.close()


def _desk(camera: Camera, theme: str) -> None:
    page = camera.page("dispatcher", theme, WIDE)
    page.goto(f"{camera.origin}/desk")
    page.wait_for_selector("#map[data-idle=true]", timeout=60_000)
    page.keyboard.press("/")
    page.keyboard.type("县人民医院 包工头欠薪")
    page.wait_for_selector("#intake-panel .is-place", timeout=30_000)
    camera.shoot(page, "intake", theme, WIDE)
    page.keyboard.press("Enter")
    page.wait_for_selector("#card .number", timeout=30_000)
    page.wait_for_timeout(1500)
    camera.shoot(page, "desk", theme, WIDE)
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.keyboard.press("Escape")
    camera.shoot(page, "desk", theme, NARROW)
    page.context.close()


def _phone(camera: Camera, theme: str) -> None:
    page = camera.page("community_officer", theme, NARROW)
    page.goto(f"{camera.origin}/phone")
    page.wait_for_selector(".phone-idle, .phone-order", timeout=30_000)
    unit = page.request.get(f"{camera.origin}/api/v1/me").json()["unit"]
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": unit["lon"] + 0.004, "latitude": unit["lat"] - 0.003})
    if not page.locator(".phone-order").is_visible():
        _order_unit(camera, theme, unit)
        page.reload()
    page.wait_for_selector(".phone-order", timeout=30_000)
    camera.shoot(page, "phone", theme, NARROW)
    page.context.close()


def _field(camera: Camera, theme: str) -> None:
    """The field app as a phone has it without a line: today, what can be begun, a form half written, what waits."""
    page = camera.page("community_officer", theme, NARROW)
    page.goto(f"{camera.origin}/field/")
    for screen in ("new", "again"):
        page.wait_for_selector(f"[data-screen={screen}]", timeout=30_000)
        for digit in "258036":
            page.click(f"[data-digit='{digit}']")
    page.wait_for_selector(".field-status[data-line=idle]", timeout=60_000)
    camera.shoot(page, "field", theme, NARROW)
    page.context.set_offline(True)
    page.click("[data-tab=new]")
    camera.shoot(page, "field-new", theme, NARROW)
    page.click("[data-form='matter.open:hazard']")
    page.fill("[data-input=title] input", "三号楼道电动车充电")
    page.fill("[data-input=what] input", "楼道里有三辆电动车飞线充电")
    camera.shoot(page, "field-form", theme, NARROW)
    page.click("[data-keep]")
    page.wait_for_selector("[data-op]")
    camera.shoot(page, "field-out", theme, NARROW)
    page.context.close()


def _order_unit(camera: Camera, theme: str, unit: dict[str, Any]) -> None:
    """A call at the unit's own door, and the order to go."""
    desk = camera.page("dispatcher", theme, WIDE)
    desk.goto(f"{camera.origin}/matters")
    csrf = desk.locator('meta[name="csrf"]').get_attribute("content")

    def post(path: str, body: dict[str, Any]) -> Any:
        headers = {"X-CSRFToken": csrf, "Idempotency-Key": f"{path}-{time.time_ns()}"}
        return desk.request.post(f"{camera.origin}/api/v1{path}", data=body, headers=headers).json()

    taken = post("/incidents", {"narrative": "包工头欠薪，工人堵门", "lon": unit["lon"], "lat": unit["lat"]})
    post(f"/matters/{taken['number']}/orders", {"unit": unit["id"]})
    desk.context.close()


def _map(camera: Camera, theme: str) -> None:
    for size in (WIDE, NARROW):
        page = camera.page("station_chief", theme, size)
        page.goto(f"{camera.origin}/map")
        page.wait_for_selector("#map[data-idle=true]", timeout=60_000)
        camera.shoot(page, "map", theme, size)
        page.click("[data-tab=coverage]")
        page.wait_for_timeout(4000)
        camera.shoot(page, "map-coverage", theme, size)
        page.context.close()
    page = camera.page("administrator", theme, WIDE)
    page.goto(f"{camera.origin}/map?l=grids&tab=grids")
    page.wait_for_selector("[data-grid] label >> nth=4", timeout=60_000)
    page.click("[data-grid] label >> nth=4")
    page.click("[data-grid-act=redraw]")
    page.wait_for_timeout(3000)
    camera.shoot(page, "map-grids", theme, WIDE)
    page.context.close()


def _wanted(name: str, theme: str, size: tuple[int, int]) -> bool:
    return name in OFTEN_SEEN or (theme == "light") == (size == WIDE)


def _pages(camera: Camera, theme: str) -> None:
    """One sign-in for each post and size."""
    for role, pages in PAGES.items():
        for size in (WIDE, NARROW):
            page = camera.page(role, theme, size)
            for name, path in pages.items():
                if _wanted(name, theme, size):
                    page.goto(camera.origin + path)
                    camera.shoot(page, name, theme, size)
            led = [(name, *way) for name, way in LED_TO.items() if way[0] == role and _wanted(name, theme, size)]
            for name, _, path, link in led:
                page.goto(camera.origin + path)
                page.click(link)
                camera.shoot(page, name, theme, size)
            page.context.close()
