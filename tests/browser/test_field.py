"""The field app without a line: nothing that was written is lost, doubled, or seen by anybody else."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import PHONE
from tests.installation import Installation

PIN, OTHER_PIN = "258036", "741963"
SENT_MS = 20_000
A_DAY_SLOW = "const at = Date.now; Date.now = () => at() - 86400000; const D = Date; globalThis.Date = class extends D { constructor(...a) { super(...(a.length ? a : [D.now()])) } }"  # noqa: E501  one script
FULL = """
  const { put, delete: drop } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (...told) {
    const large = this.name === 'pieces' || told[0]?.byteLength > 100000
    const refused = globalThis.linliFull && (large || !globalThis.linliFreed)
    if (refused) throw new DOMException('no room', 'QuotaExceededError')
    return put.apply(this, told)
  }
  IDBObjectStore.prototype.delete = function (...told) {
    globalThis.linliFreed ||= told[0] === 'ballast'
    return drop.apply(this, told)
  }
"""
"""As a browser refuses on a full phone: what is large for good, words until something was given up."""
WIPE = """
import django; django.setup()
from linli.field.devices.acts import wipe_phone
from linli.field.devices.models import Phone
from linli.kernel.scope import Actor, HeldPost
from linli.org.agencies.models import Agency
import uuid
root = Agency.objects.order_by("path").first()
desk = Actor(uuid.uuid4(), "desk", posts=(HeldPost("bureau_leader", root.pk, root.path),))
for phone in Phone.objects.filter(wiped_at__isnull=True):
    wipe_phone(desk, phone=phone)
"""

Opened = Callable[..., BrowserContext]


@pytest.fixture
def phone(site: Installation, browser: Browser) -> Iterator[Opened]:
    """A phone: one browser with a store of its own, that several people may hold."""
    made: list[BrowserContext] = []

    def new(**more: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=site.origin,
            viewport=PHONE,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            geolocation={"longitude": 111.4125, "latitude": 33.2062},
            permissions=["geolocation"],
            **more,
        )
        context.set_default_timeout(SENT_MS)
        made.append(context)
        return context

    yield new
    for context in made:
        context.close()


def signed_in(context: BrowserContext, role: str) -> None:
    """As after a sign-in of whatever way: the session is this person's, whoever had it before."""
    page = context.new_page()
    context.clear_cookies()
    page.goto("/sign-in/")
    page.click(f"[data-role={role}]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()


def typed(page: Page, pin: str) -> None:
    for digit in pin:
        page.click(f"[data-digit='{digit}']")


def enrolled(context: BrowserContext, role: str, pin: str = PIN, page: Page | None = None) -> Page:
    """Signed in, PIN set, everything taken along, the worker in charge."""
    signed_in(context, role)
    page = page or context.new_page()
    page.goto("/field/")
    expect(page.locator("[data-screen=new]")).to_be_visible()
    typed(page, pin)
    expect(page.locator("[data-screen=again]")).to_be_visible()
    typed(page, pin)
    expect(page.locator(".field-status[data-line=idle]")).to_be_visible()
    expect(page.locator("html[data-worker=ready]")).to_be_attached()
    return page


def unlocked(context: BrowserContext, pin: str = PIN) -> Page:
    page = context.new_page()
    page.goto("/field/")
    expect(page.locator("[data-screen=pin]")).to_be_visible()
    typed(page, pin)
    expect(page.locator("#field-tabs a").first).to_be_visible()
    return page


def hazard(page: Page, title: str) -> None:
    """The form of a hazard, filled but not kept."""
    page.click("[data-tab=new]")
    page.click("[data-form='matter.open:hazard']")
    page.fill("[data-input=title] input", title)
    page.click("[data-keep]")
    expect(page.locator(".field-ask[data-fault][data-input=what]")).to_be_visible()
    page.fill("[data-input=what] input", "楼道里有三辆电动车")
    page.click("[data-gps]")
    expect(page.locator("[data-input=place] .is-ok")).to_be_visible()


def visit(page: Page) -> None:
    """A visit in half a minute: kept here, and said to be only here."""
    page.click("[data-tab=new]")
    page.click("[data-form='visit.record']")
    page.locator("[data-input=premises] input").fill("鼓楼小卖部")
    page.click("[data-keep]")
    waiting(page, 1)
    expect(page.locator("[data-op][data-state=kept] .pill").first).to_have_text("已保存在手机")


def waiting(page: Page, n: int) -> None:
    expect(page.locator(f"[data-waiting='{n}']")).to_be_visible(timeout=SENT_MS)


def picture() -> bytes:
    """A photo that needs several pieces, and no other is like it: the house would have it already."""
    out = io.BytesIO()
    Image.frombytes("L", (1200, 900), os.urandom(1200 * 900)).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def test_a_day_without_a_line(phone: Opened) -> None:
    """Visit and report with a photo in flight mode, clock a day slow, app killed while writing and while sending."""
    context = phone()
    context.add_init_script(A_DAY_SLOW)
    page = enrolled(context, "community_officer")
    context.set_offline(True)
    visit(page)
    hazard(page, "三号楼道充电")
    photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.set_input_files("[data-input=photos] input", photo)  # type: ignore[arg-type]  # a payload is what it takes
    expect(page.locator("[data-input=photos] [data-file]")).to_be_visible()
    page.close()

    page = unlocked(context)
    taken_up_again(page, "三号楼道充电")
    waiting(page, 3)
    offsets = cut_after(context, 1)
    # The records go first and bring the count to one; the line must have broken within the photo before the app is
    # killed.
    with context.expect_event("requestfailed", lambda asked: asked.method == "PUT"):
        context.set_offline(False)
    waiting(page, 1)
    row = page.locator("[data-op]", has_text="三号楼道充电")
    expect(row.locator(".pill")).to_have_text("已送达")
    number = re.search(r"YH[\d-]+", row.inner_text())
    assert number, "the record is there before its photo is"
    page.close()

    context.unroute_all()
    later = told_offsets(context)
    page = unlocked(context)
    waiting(page, 0)
    assert offsets[0] == 0
    assert min(later) > 0, "the photo went on where it had stopped"
    matter = page.request.get(f"/api/v1/matters/{number[0]}").json()
    assert [one["picture"] for one in matter["files"]] == [True]
    page.click("[data-tab=me]")
    expect(page.locator("[data-clock]")).to_be_visible()
    slow_h = page.evaluate(f"(Date.parse('{matter['received_at'] or matter['opened_at']}') - Date.now()) / 3600000")
    assert 23 < slow_h < 25, "the house's clock counts, not the phone's"


def taken_up_again(page: Page, title: str) -> None:
    """The half-written report, its photo with it, is found and kept."""
    page.click("[data-tab=new]")
    page.click("[data-draft^='matter.open:hazard']")
    expect(page.locator("[data-input=photos] [data-file]")).to_be_visible()
    expect(page.locator("[data-input=title] input")).to_have_value(title)
    page.click("[data-keep]")


def cut_after(context: BrowserContext, pieces: int) -> list[int]:
    """The line breaks after so many pieces of a file; offsets that were sent."""
    sent: list[int] = []

    def piece(route: Route) -> None:
        if route.request.method == "PUT":
            if len(sent) >= pieces:
                return route.abort()
            sent.append(int(re.search(r"offset=(\d+)", route.request.url)[1]))  # type: ignore[index]  # it is there
        return route.continue_()

    context.route("**/api/v1/field/files/**", piece)
    return sent


def told_offsets(context: BrowserContext) -> list[int]:
    """Offsets of pieces from now on."""
    sent: list[int] = []
    context.on(
        "request",
        lambda asked: sent.extend(int(one) for one in re.findall(r"offset=(\d+)", asked.url) if asked.method == "PUT"),
    )
    return sent


def test_two_people_with_one_phone(phone: Opened) -> None:
    """The second sees nothing of the first and sends nothing of his; what the first wrote goes under his own name."""
    context, own = phone(), f"只有我看得到{uuid.uuid4().hex[:6]}"
    page = enrolled(context, "community_officer")
    first = str(page.request.get("/field/session").json()["name"])
    context.set_offline(True)
    hazard(page, own)
    page.click("[data-keep]")
    waiting(page, 1)
    page.close()
    context.set_offline(False)

    page = enrolled(context, "auxiliary", OTHER_PIN)
    waiting(page, 0)
    assert own not in page.content()
    page.click("[data-tab=me]")
    expect(page.locator(".notice.is-warning")).to_contain_text("1 件")
    page.close()

    page = context.new_page()
    page.goto("/field/")
    expect(page.locator("[data-screen=pin]")).to_be_visible()
    page.click("[data-people]")
    page.locator("[data-person]", has_text=first).click()
    typed(page, OTHER_PIN)
    expect(page.locator("[role=alert]")).to_contain_text("9")
    typed(page, PIN)
    expect(page.locator(".field-status[data-line=other_person]")).to_be_visible()
    waiting(page, 1)
    page.close()

    signed_in(context, "community_officer")
    page = unlocked(context)
    waiting(page, 0)
    page.click("[data-tab=out]")
    number = re.search(r"YH[\d-]+", page.locator("[data-op]", has_text=own).inner_text())
    assert number
    told = page.request.get(f"/api/v1/matters/{number[0]}").json()
    assert first in {entry["actor"] for entry in told["timeline"]}


def test_full_new_and_closed(phone: Opened, site: Installation) -> None:
    """A full phone says so, yet keeps words; a new version waits; an erased phone keeps only what nobody can read."""
    context = phone()
    context.add_init_script(FULL)
    page = enrolled(context, "community_officer")
    context.set_offline(True)
    hazard(page, "手机满了")
    page.evaluate("globalThis.linliFull = true")
    photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.set_input_files("[data-input=photos] input", photo)  # type: ignore[arg-type]  # a payload is what it takes
    expect(page.locator("[data-input=photos] [role=alert]")).to_be_visible()
    page.fill("[data-input=what] input", "文字还写得下")
    page.click("[data-keep]")
    waiting(page, 1)
    page.click("[data-full] button")
    expect(page.locator("[data-full]")).to_be_visible()
    # The look for room that was asked for above may find it first and take the button away.
    page.evaluate("globalThis.linliFull = false; document.querySelector('[data-full] button')?.click()")
    expect(page.locator("[data-full]")).to_have_count(0)

    # The session ends first: what comes back into the network with one sends at once.
    signed_out(context)
    context.set_offline(False)
    page.evaluate("navigator.serviceWorker.register('/field/sw.js?new', { scope: '/field/', updateViaCache: 'none' })")
    expect(page.locator("[data-update]")).to_be_visible()
    page.click("[data-update] button")
    expect(page.locator("[data-screen=pin]")).to_be_visible()
    typed(page, PIN)
    expect(page.locator(".field-status[data-line=signed_out]")).to_be_visible()
    waiting(page, 1)

    subprocess.run([sys.executable, "-c", WIPE], env=site.env, check=True, timeout=60)
    page.reload()
    expect(page.locator("[data-closed=wipe]")).to_be_visible()
    expect(page.locator("[data-closed=wipe]")).to_contain_text("1 件")
    left = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    kept = page.evaluate(COUNT, next(name for name in left if name != "linli-field"))
    assert kept == {"items": 0, "ops": 1}


COUNT = """(name) => new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => {
  const tx = asked.result.transaction(['items', 'ops']), told = {}
  for (const table of ['items', 'ops']) { const n = tx.objectStore(table).count(); n.onsuccess = () => { told[table] = n.result } }
  tx.oncomplete = () => { asked.result.close(); done(told) } } })"""  # noqa: E501  one script


def signed_out(context: BrowserContext) -> None:
    """The session is over, as after an hour in a pocket."""
    context.clear_cookies()
