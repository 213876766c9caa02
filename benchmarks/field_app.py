"""The field app as a phone of the middle class opens it without a line: real Chromium, 4 × slower CPU, no network.

``shell_s``: from the navigation until the keys for the PIN are painted, the worker's start included; a fresh page each
time, the median. ``unlock_s``: from the last digit until today's page is painted with what was taken along, half of it
the deliberately slow key (which runs beside the page and is not slowed here). ``kb``: what a first visit loads and the
worker keeps, compressed, without the map, which is fetched when somebody asks for it.
"""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.site import Site, percentile, running
from tools.workshop import debian
from tools.workshop.pictures import FLAGS

NAMES = ("field_app",)
TIMES = 9
SLOWER = 4
PIN = "258036"
_PATIENCE_MS = 60_000

_WATCH = """
  window.linliBench = { shell: 0, today: 0, typed: 0 }
  const told = window.linliBench
  const painted = (name) => requestAnimationFrame(() => setTimeout(() => { told[name] = performance.now() }))
  new MutationObserver(() => {
    if (!told.shell && document.querySelector('.pad-key')) { told.shell = 1; painted('shell') }
    if (!told.today && document.querySelector('#field-tabs a')) { told.today = 1; painted('today') }
  }).observe(document, { childList: true, subtree: true })
  document.addEventListener('click', (event) => { if (event.target.closest('[data-digit]')) told.typed = performance.now() }, true)
"""  # noqa: E501  one script


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure its weight, then how it opens."""
    with running(web=1, worker=False, size="town") as site, sync_playwright() as play:
        yield _weight(site)
        browser = play.chromium.launch(executable_path=debian.chromium(), args=FLAGS)
        try:
            context = _phone(browser, site)
            context.set_offline(True)
            opened = [_opened(context, site) for _ in range(TIMES)]
        finally:
            browser.close()
    for metric, values in (("shell_s", [one for one, _ in opened]), ("unlock_s", [two for _, two in opened])):
        yield {"metric": metric, "value": round(percentile(values, 0.5), 3), "unit": "s", "n": TIMES}


def _weight(site: Site) -> dict[str, Any]:
    """Every file of the shell as the wire carries it."""
    listed = urllib.request.urlopen(f"{site.origin}/field/sw.js").read()
    files = re.findall(rb'"url": "([^"]+)"', listed)
    total = len(gzip.compress(listed, 9))
    for file in files:
        total += len(gzip.compress(urllib.request.urlopen(site.origin + file.decode()).read(), 9))
    return {"metric": "kb", "value": round(total / 1000, 1), "unit": "kB", "n": len(files)}


def _phone(browser: Browser, site: Site) -> BrowserContext:
    """A phone on which the app was used once."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN")
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{site.origin}/sign-in/")
    page.click("[data-role=community_officer]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{site.origin}/field/")
    for screen in ("new", "again"):
        page.wait_for_selector(f"[data-screen={screen}]")
        _type(page)
    page.wait_for_selector(".field-status[data-line=idle]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.close()
    context.add_init_script(_WATCH)
    return context


def _type(page: Page) -> None:
    for digit in PIN:
        page.click(f"[data-digit='{digit}']")


def _opened(context: BrowserContext, site: Site) -> tuple[float, float]:
    """Seconds to the PIN, and from its last digit to today's page."""
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{site.origin}/field/")
    page.wait_for_selector(".pad-key")
    _type(page)
    page.wait_for_selector("#field-tabs a")
    page.wait_for_timeout(500)
    told = page.evaluate("window.linliBench")
    page.close()
    return told["shell"] / 1000, (told["today"] - told["typed"]) / 1000
