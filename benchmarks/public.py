"""The residents' pages as an old telephone on 2G has them: real Chromium, an empty cache, 100 kbit/s and 400 ms.

``kb`` is the heaviest page with all that it fetches, as it came over the line; ``usable_s`` the slowest of them from
the tap on a link until the document with its style can be read and used (``DOMContentLoaded``; no page needs a script);
``whole_s`` the same until everything is there. ``photo_s`` is a photograph of 60 kB sent by the page's own script with
the line cut once in the middle, until it says that it is kept; ``photo_lost`` the bytes of it that did not arrive.
"""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.site import Site, running
from tools.workshop import debian
from tools.workshop.pictures import FLAGS

NAMES = ("public",)
BYTES_PER_S, LATENCY_MS = 100e3 / 8, 400
PAGES = (
    "/door",
    "/door/officer",
    "/door/map",
    "/door/guide",
    "/door/send/hazard",
    "/door/send/talk",
    "/door/follow",
    "/door/watcher",
    "/door/alerts",
    "/t/",
    "/t/give",
)
_LONGEST_MS = 60_000
_SLOW = {
    "offline": False,
    "latency": LATENCY_MS,
    "downloadThroughput": BYTES_PER_S,
    "uploadThroughput": BYTES_PER_S,
}


def run(name: str) -> Iterator[dict[str, Any]]:
    """Open each page cold, then send a photograph over a line that breaks."""
    with running(size="town", web=1) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=debian.chromium(), args=FLAGS)
        try:
            opened = {path: _opened(browser, site, path) for path in PAGES}
            yield from _photograph(browser, site)
        finally:
            browser.close()
    heaviest = max(kb for kb, _, _ in opened.values())
    yield {"metric": "kb", "value": round(heaviest, 1), "unit": "kB", "n": len(opened)}
    slowest = max(usable_s for _, usable_s, _ in opened.values())
    yield {"metric": "usable_s", "value": round(slowest, 2), "unit": "s", "n": len(opened)}
    whole = max(whole_s for _, _, whole_s in opened.values())
    yield {"metric": "whole_s", "value": round(whole, 2), "unit": "s", "n": len(opened)}


def _telephone(browser: Browser) -> tuple[BrowserContext, Page, CDPSession]:
    """A telephone with an empty cache on a slow line."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN", bypass_csp=True)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    wire.send("Network.emulateNetworkConditions", _SLOW)
    return context, page, wire


def _opened(browser: Browser, site: Site, path: str) -> tuple[float, float, float]:
    """Kilobytes over the line, seconds until usable, seconds until everything is there."""
    context, page, wire = _telephone(browser)
    came: list[float] = []
    wire.on("Network.loadingFinished", lambda said: came.append(float(said["encodedDataLength"])))
    answer = page.goto(site.origin + path, timeout=_LONGEST_MS)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status if answer else 'no answer'}")
    usable_ms, whole_ms = page.evaluate(
        "(() => { const t = performance.getEntriesByType('navigation')[0]"
        "; return [t.domContentLoadedEventEnd, t.loadEventEnd] })()"
    )
    context.close()
    return sum(came) / 1000, float(usable_ms) / 1000, float(whole_ms) / 1000


def _photograph(browser: Browser, site: Site) -> Iterator[dict[str, Any]]:
    context, page, wire = _telephone(browser)
    page.goto(f"{site.origin}/door/send/hazard", timeout=_LONGEST_MS)
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "lamp.jpg"
        photo.write_bytes(_noise())
        began_ms = page.evaluate("performance.now()")
        page.set_input_files("#photo1", str(photo))
        page.wait_for_function("/[1-9]\\d?%/.test(document.getElementById('photo-state').textContent)")
        wire.send("Network.emulateNetworkConditions", {**_SLOW, "offline": True})
        page.wait_for_timeout(1_500)
        wire.send("Network.emulateNetworkConditions", _SLOW)
        page.wait_for_selector("input[name=upload]", state="attached", timeout=_LONGEST_MS)
        took_s = (float(page.evaluate("performance.now()")) - float(began_ms)) / 1000
        address = page.evaluate("'/door/photos/' + document.querySelector('input[name=upload]').value")
        head = page.request.head(site.origin + str(address)).headers
        lost = photo.stat().st_size - int(head["upload-offset"])
    context.close()
    yield {"metric": "photo_s", "value": round(took_s, 2), "unit": "s", "n": 1}
    yield {"metric": "photo_lost", "value": lost, "unit": "bytes", "n": 1}


def _noise() -> bytes:
    """A photograph of about 60 kB that no coder makes smaller, the same each time."""
    out = io.BytesIO()
    Image.frombytes("RGB", (280, 280), random.Random(5).randbytes(280 * 280 * 3)).save(out, "JPEG", quality=85)
    return out.getvalue()
