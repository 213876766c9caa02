"""The desk as a dispatcher has it: real Chromium, real server, 5,000 open calls, 2,000 units that move every 3 seconds.

``paint_s``: cold, at 10 Mbit/s and 40 ms, until the first row of the queue is on the screen. ``key_p99_ms``: from a
key to the next frame (the browser's own Event Timing; what it does not report took less than 16 ms).
``commit_p99_ms``: from when a call was answered as stored until the queue with it is on the screen. ``long_tasks``: of
a trace after the map was idle, tasks in which our own script alone took over 50 ms; what the map's library and its
drawing took stands beside it. The browser draws in software here: frames are dearer than on any desk.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.site import Site, percentile, running
from tools.workshop import debian
from tools.workshop.pictures import FLAGS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")
django.setup()

from linli.kernel import clock  # noqa: E402  (models need the settings above)
from linli.matters.ledger.models import Matter  # noqa: E402  (models need the settings above)
from linli.matters.ledger.rules import line_of  # noqa: E402  (models need the settings above)
from linli.operations.units.models import Position, Unit  # noqa: E402  (models need the settings above)
from linli.org.agencies.models import Agency  # noqa: E402  (models need the settings above)

NAMES = ("desk",)
OPEN, UNITS = 5_000, 2_000
TRACE_S = float(os.environ.get("LINLI_BENCH_TRACE_S", "60"))
KEYS, CALLS = 200, 40
MOVE_EVERY_S, PARTS = 3.0, 4
DOWN_BYTES_PER_S, LATENCY_MS = 10e6 / 8, 40
LONG_US = 50_000
_LONGEST_MS = 240_000

_WATCH = """
  window.linliBench = { first: 0, keys: [], seen: {} }
  const told = window.linliBench
  const painted = (then) => requestAnimationFrame(() => setTimeout(then))
  new MutationObserver(() => {
    if (!told.first && document.querySelector('#queue .vlist-row')) {
      told.first = 1
      painted(() => { told.first = performance.now() })
    }
    const wanted = window.linliWanted
    if (wanted && !told.seen[wanted] && document.querySelector('#queue-tabs b')?.textContent === wanted) {
      told.seen[wanted] = 1
      painted(() => { told.seen[wanted] = Date.now() })
    }
  }).observe(document, { childList: true, subtree: true, characterData: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === 'keydown') told.keys.push(entry.duration)
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
"""


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure the desk, then the weight of the phone's page."""
    with running() as site:
        names = _fill()
        ended = threading.Event()
        mover = threading.Thread(target=_move, args=(site, names, ended))
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=debian.chromium(), args=FLAGS)
            try:
                yield _kilobytes("phone_kb", _loaded(browser, site, "community_officer", "/phone")[1])
                paint_s, weight = _cold(browser, site)
                yield {"metric": "paint_s", "value": round(paint_s, 2), "unit": "s", "n": 1}
                yield _kilobytes("desk_kb", weight)
                mover.start()
                yield from _at_work(browser, site)
            finally:
                ended.set()
                browser.close()
                if mover.is_alive():
                    mover.join()


def _kilobytes(metric: str, scripts: dict[str, float]) -> dict[str, Any]:
    """Script as it came over the wire, compressed."""
    return {"metric": metric, "value": round(sum(scripts.values()) / 1000, 1), "unit": "kB", "n": len(scripts)}


def _fill() -> list[str]:
    """Open calls and units beside those of the demo, by the rows; the call signs of the units."""
    chance, now = random.Random(1), clock.now()
    like = list(Matter.objects.filter(kind="incident", lon__isnull=False)[:500])
    calls = [_call_like(chance.choice(like), number, chance, now) for number in range(OPEN)]
    Matter.objects.bulk_create(calls, batch_size=500)
    rooms = list(Agency.objects.filter(lon__isnull=False))
    units = [
        Unit(
            call_sign=f"巡{number:04d}",
            agency=rooms[number % len(rooms)],
            kind=("car", "motorcycle", "foot")[number % 3],
            availability=("available", "conditional", "unavailable")[number % 3],
            activity="patrol",
            touched_at=now,
        )
        for number in range(UNITS)
    ]
    Unit.objects.bulk_create(units, batch_size=500)
    places = [
        Position(unit=one, lon=one.agency.lon or 0.0, lat=one.agency.lat or 0.0, at=now, received_at=now)
        for one in units
    ]
    Position.objects.bulk_create(places, batch_size=500)
    return [one.call_sign for one in units]


def _call_like(old: Matter, number: int, chance: random.Random, now: datetime) -> Matter:
    """An open call near where an old one was; one in ten still waits."""
    at = now - timedelta(minutes=chance.uniform(1, 600))
    return Matter(
        number=f"JQ-BENCH-{number:05d}",
        line=line_of(at, f"JQ-BENCH-{number:05d}"),
        kind="incident",
        state="waiting" if number % 10 == 0 else "done",
        title=old.title,
        details={"narrative": "门口有人吵架"},
        category=old.category,
        category_initial=old.category,
        priority=chance.randint(2, 4),
        agency_id=old.agency_id,
        station_id=old.station_id,
        grid_id=old.grid_id,
        opened_by=uuid.UUID(int=1),
        source="bench",
        lon=(old.lon or 0) + chance.uniform(-0.01, 0.01),
        lat=(old.lat or 0) + chance.uniform(-0.01, 0.01),
        address=old.address,
        received_at=at,
        opened_at=at,
        touched_at=now,
    )


def _post(site: Site, path: str, body: Any) -> dict[str, Any]:
    asked = urllib.request.Request(
        f"{site.origin}/api/v1{path}",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {site.machine}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        },
    )
    with urllib.request.urlopen(asked) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def _move(site: Site, names: list[str], ended: threading.Event) -> None:
    """Every unit reports a new place every three seconds, a quarter of them at a time."""
    chance = random.Random(2)
    at = {name: (119.95 + chance.uniform(-0.2, 0.2), 30.65 + chance.uniform(-0.2, 0.2)) for name in names}
    part = 0
    while not ended.wait(MOVE_EVERY_S / PARTS):
        moved = names[part::PARTS]
        for name in moved:
            lon, lat = at[name]
            at[name] = (lon + chance.uniform(-0.0004, 0.0004), lat + chance.uniform(-0.0004, 0.0004))
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        fixes = [{"unit": name, "lon": at[name][0], "lat": at[name][1], "at": now, "accuracy_m": 8} for name in moved]
        _post(site, "/units/positions", fixes)
        part = (part + 1) % PARTS


def _page(browser: Browser, site: Site, role: str) -> tuple[BrowserContext, Page]:
    # Our policy allows no evaluated script; waiting for a state of the page is one.
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai", bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{site.origin}/sign-in/")
    page.click(f"[data-role={role}]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return context, page


def _loaded(browser: Browser, site: Site, role: str, path: str) -> tuple[BrowserContext, dict[str, float]]:
    """A page and, by address, the bytes of the scripts that it fetched into an empty cache."""
    context, page = _page(browser, site, role)
    wire, scripts = _listening(context, page)
    page.goto(site.origin + path)
    page.wait_for_timeout(4_000)
    wire.detach()
    context.close()
    return context, scripts


def _listening(context: BrowserContext, page: Page) -> tuple[CDPSession, dict[str, float]]:
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    named: dict[str, str] = {}
    scripts: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda said: named.__setitem__(said["requestId"], said["response"]["url"]))

    def finished(said: dict[str, Any]) -> None:
        address = named.get(said["requestId"], "")
        if address.partition("?")[0].endswith((".js", ".mjs")):
            scripts[address] = said["encodedDataLength"]

    wire.on("Network.loadingFinished", finished)
    return wire, scripts


def _cold(browser: Browser, site: Site) -> tuple[float, dict[str, float]]:
    """Seconds until the first row is painted on a slow line with an empty cache; the scripts that came."""
    context, page = _page(browser, site, "dispatcher")
    page.goto("about:blank")
    page.add_init_script(_WATCH)
    wire, scripts = _listening(context, page)
    slow = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN_BYTES_PER_S, "uploadThroughput": 1e6}
    wire.send("Network.emulateNetworkConditions", slow)
    page.goto(f"{site.origin}/desk")
    page.wait_for_function("window.linliBench.first > 1", timeout=_LONGEST_MS)
    paint_s = float(page.evaluate("window.linliBench.first")) / 1000
    page.wait_for_timeout(6_000)
    context.close()
    return paint_s, scripts


def _at_work(browser: Browser, site: Site) -> Iterator[dict[str, Any]]:
    context, page = _page(browser, site, "dispatcher")
    page.add_init_script(_WATCH)
    page.goto(f"{site.origin}/desk")
    page.wait_for_function("document.getElementById('map').dataset.idle === 'true'", timeout=_LONGEST_MS)
    page.wait_for_function(f"document.querySelector('#queue-tabs b').textContent >= {OPEN}", timeout=_LONGEST_MS)
    page.wait_for_timeout(5_000)
    waits = _calls(page, site)
    yield {"metric": "commit_p99_ms", "value": round(percentile(waits, 0.99)), "unit": "ms", "n": len(waits)}
    yield {"metric": "commit_p50_ms", "value": round(percentile(waits, 0.5)), "unit": "ms", "n": len(waits)}
    took = _keys(page)
    yield {"metric": "key_p99_ms", "value": round(percentile(took, 0.99)), "unit": "ms", "n": len(took)}
    yield {"metric": "key_p50_ms", "value": round(percentile(took, 0.5)), "unit": "ms", "n": len(took)}
    page.keyboard.press("Escape")
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "v8", "__metadata"])
    page.wait_for_timeout(TRACE_S * 1000)
    trace = json.loads(browser.stop_tracing())
    if kept := os.environ.get("LINLI_BENCH_KEEP"):
        Path(kept).write_text(json.dumps(trace))
    yield from _tasks(trace["traceEvents"], _map_chunks(page))
    context.close()


def _map_chunks(page: Page) -> set[str]:
    """The addresses of the script files that hold the map's library."""
    chunks: list[str] = page.evaluate(
        """async () => { const found = []
        for (const one of performance.getEntriesByType('resource')) if (one.name.split('?')[0].endsWith('.js')) {
          const text = await (await fetch(one.name)).text(); if (text.includes('maplibregl-map')) found.push(one.name) }
        return found }"""
    )
    return set(chunks)


def _calls(page: Page, site: Site) -> list[float]:
    """Milliseconds from the answer to each call until the queue that holds it was painted, known by its count."""
    waits = []
    spot = {"lon": 119.95, "lat": 30.65}
    for number in range(CALLS):
        wanted = page.evaluate(
            "window.linliWanted = String(Number(document.querySelector('#queue-tabs b').textContent) + 1)"
        )
        _post(site, "/incidents", {**spot, "priority": 1, "narrative": f"{number}", "caller": {"phone": "110"}})
        stored_ms = time.time() * 1000
        page.wait_for_function("(wanted) => window.linliBench.seen[wanted] > 1", arg=wanted, timeout=_LONGEST_MS / 4)
        waits.append(float(page.evaluate("(wanted) => window.linliBench.seen[wanted]", wanted)) - stored_ms)
        page.wait_for_timeout(300)
    return waits


def _keys(page: Page) -> list[float]:
    """Milliseconds from each key to the frame after it: through the queue, through its lists, and typing a call."""
    page.evaluate("window.linliBench.keys.length = 0")
    typed = "n" + "taipingjie12hao" * 3
    pressed = (["j"] * 40 + ["k"] * 10 + ["]"] * 6 + ["["] * 6 + list(typed) + ["Escape"] * 2) * 2
    pressed = pressed[:KEYS]
    for key in pressed:
        page.keyboard.press(key)
        page.wait_for_timeout(100)
    page.wait_for_timeout(1_000)
    slow: list[float] = page.evaluate("window.linliBench.keys")
    return [*slow, *[16.0] * max(0, len(pressed) - len(slow))]


def _tasks(events: list[dict[str, Any]], map_chunks: set[str]) -> Iterator[dict[str, Any]]:
    """Tasks of the page's main thread by what their script took: ours, the map's library."""
    main = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    ours: dict[tuple[int, int], list[tuple[float, float, bool]]] = defaultdict(list)
    tasks: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for one in events:
        where = (one["pid"], one["tid"])
        if one.get("ph") != "X" or where not in main:
            continue
        if one["name"] in ("RunTask", "ThreadControllerImpl::RunTask") and one["dur"] > LONG_US:
            tasks[where].append((one["ts"], one["ts"] + one["dur"]))
        elif one["name"] == "FunctionCall":
            address = str(one["args"].get("data", {}).get("url", ""))
            if "/static/dist/" in address:
                ours[where].append((one["ts"], one["ts"] + one["dur"], address in map_chunks))
    own, of_map, whole = [], [], []
    for where, long in tasks.items():
        for begins, ends in long:
            inside = [part for part in ours[where] if begins <= part[0] < ends]
            own.append(sum(end - start for start, end, is_map in inside if not is_map) / 1000)
            of_map.append(sum(end - start for start, end, is_map in inside if is_map) / 1000)
            whole.append((ends - begins) / 1000)
    limit_ms = LONG_US / 1000
    yield {"metric": "long_tasks", "value": sum(ms > limit_ms for ms in own), "unit": "tasks", "n": len(whole)}
    yield {"metric": "long_task_ms", "value": round(max(own, default=0.0), 1), "unit": "ms", "n": len(own)}
    yield {"metric": "long_tasks_map", "value": sum(ms > limit_ms for ms in of_map), "unit": "tasks", "n": len(whole)}
    yield {"metric": "long_tasks_any", "value": len(whole), "unit": "tasks", "n": len(whole)}
