"""The field app when things go wrong: a cry that does not go, two values, a refusal, ten wrong PINs; and a report that
takes three taps.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from linli.kernel import clock
from tests.browser.test_field import PIN, Opened, enrolled, phone, picture, typed, unlocked, visit, waiting
from tests.installation import Installation

__all__ = ["phone"]

OFFICE = """
import django, sys; django.setup()
from linli.kernel.scope import system
from linli.places.premises.acts import change_premises
from linli.places.premises.models import Premises
row = Premises.objects.get(pk=sys.argv[1])
change_premises(system("office"), premises=row, version=row.version, values={"operator": f"办公室改的{row.version}"})
"""
SETTLE = """
import django, sys; django.setup()
from linli.field.conflicts.acts import settle
from linli.field.conflicts.models import Divergence
from linli.kernel.scope import system
settle(system("office"), divergence=Divergence.objects.get(record_id=sys.argv[1], state="open"), choice="server")
"""
ONE_TRY_LEFT = """() => new Promise((done) => { const asked = indexedDB.open('linli-field'); asked.onsuccess = () => {
  const tx = asked.result.transaction('profiles', 'readwrite'), rows = tx.objectStore('profiles').getAll()
  const left = (row) => tx.objectStore('profiles').put({ ...row, tries: 9, next_try_at: 0 })
  rows.onsuccess = () => { for (const row of rows.result) left(row) }
  tx.oncomplete = () => { asked.result.close(); done() } } })"""


def office(site: Installation, program: str, key: str) -> None:
    subprocess.run([sys.executable, "-c", program, key], env=site.env, check=True, timeout=120)


def test_a_cry_two_values_a_refusal_and_ten_wrong_pins(phone: Opened, site: Installation) -> None:
    context = phone()
    page = enrolled(context, "community_officer")
    page.fill(".field-search", "商铺")
    key = str(page.locator("[data-item^='premises:']").first.get_attribute("data-item"))
    context.set_offline(True)
    _cried(page)
    page.close()
    page = unlocked(context)
    expect(page.locator(".field-status[data-line=offline]")).to_be_visible()
    _changed(page, key)
    _inspected(page)
    waiting(page, 3)
    office(site, OFFICE, key.removeprefix("premises:"))
    context.set_offline(False)
    expect(page.locator("[data-asked='2']")).to_be_visible()
    _answered(page)
    office(site, SETTLE, key.removeprefix("premises:"))
    _decided(page)
    _by_photo(page)
    _locked_out(context, page)


def _cried(page: Page) -> None:
    """It has not gone out, and the page says so and offers the telephone."""
    page.locator(".sos").dispatch_event("pointerdown")
    expect(page.locator("[data-sos=not_there]")).to_contain_text("求救没有送出去")
    expect(page.locator("[data-call='110']")).to_have_attribute("href", "tel:110")


def _changed(page: Page, key: str) -> None:
    page.fill(".field-search", "商铺")
    page.locator(f"[data-item='{key}']").click()
    page.click("[data-act='premises.change']")
    page.fill("[data-input=operator] input", f"现场问到的{uuid.uuid4().hex[:6]}")
    page.click("[data-keep]")
    waiting(page, 1)


def _inspected(page: Page) -> None:
    """Signed on the glass; the day by which it is to be put right is forgotten, and only the house asks for it."""
    page.click("[data-tab=new]")
    page.locator("[data-form^='inspection.record']").first.click()
    page.fill("[data-input=premises] input", "南门废品站")
    page.select_option("[data-input=trade] select", "stall")
    page.click("[data-input=outcome] [data-code=put_right]")
    canvas = page.locator("[data-input=signature] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 70, steps=4)
    page.mouse.up()
    page.click("[data-signed]")
    expect(page.locator("[data-input=signature] img.is-signature")).to_be_visible()
    page.click("[data-keep]")


def _answered(page: Page) -> None:
    """Mine and the server's beside each other; what was refused is amended where the fault is, and goes again."""
    page.click("[data-tab=out]")
    page.click("[data-op][data-state=conflict]")
    expect(page.locator(".field-conflict")).to_contain_text("办公室改的")
    expect(page.locator(".field-conflict")).to_contain_text("现场问到的")
    page.click("[data-back]")
    page.click("[data-op][data-state=rejected]")
    page.click("[data-again]")
    expect(page.locator(".field-ask[data-fault]")).to_have_attribute("data-input", "put_right_by")
    expect(page.locator("[data-input=signature] img.is-signature")).to_be_visible()
    by = clock.today() + timedelta(days=7)
    page.fill("[data-input=put_right_by] input", by.isoformat())
    page.click("[data-keep]")
    expect(page.locator("[data-op][data-state=delivered]", has_text="南门废品站")).to_be_visible()
    expect(page.locator("[data-asked='1']")).to_be_visible()


def _decided(page: Page) -> None:
    """The office left the server's value: nothing waits for its author any more, and he reads what was decided."""
    waiting(page, 0)
    page.click("[data-send]")
    expect(page.locator("[data-asked='0']")).to_be_visible()
    page.click("[data-op][data-state=ended]")
    expect(page.locator("[data-settled=server]")).to_be_visible()


def _by_photo(page: Page) -> None:
    """The camera on the first page, and the large button: a photo needs no words."""
    page.click("[data-tab=today]")
    photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.set_input_files("[data-quick='matter.open:hazard'] input", photo)  # type: ignore[arg-type]  # a payload is what it takes
    expect(page.locator("[data-input=photos] [data-file]")).to_be_visible()
    page.click("[data-keep]")
    expect(page.locator("[data-op][data-state=delivered]", has_text="隐患")).to_be_visible()
    waiting(page, 0)


def _locked_out(context: BrowserContext, page: Page) -> None:
    """After the tenth wrong PIN only a whole sign-in opens it; what was not delivered is still there and goes out."""
    context.set_offline(True)
    visit(page)
    page.click("[data-tab=me]")
    page.click("[data-lock]")
    expect(page.locator("[data-screen=pin]")).to_be_visible()
    for left in ("9", "8"):
        typed(page, "000001")
        expect(page.locator(".is-pad [role=alert]")).to_contain_text(left)
    typed(page, "000001")
    expect(page.locator(".is-pad [role=alert]")).to_contain_text("请等")
    page.evaluate(ONE_TRY_LEFT)
    page.reload()
    expect(page.locator("[data-screen=pin]")).to_be_visible()
    typed(page, "000001")
    expect(page.locator("[data-closed=pins]")).to_contain_text("1 件")
    context.set_offline(False)
    page.locator("[data-closed=pins] .is-primary").click()
    page.click("[data-role=community_officer]")
    expect(page.locator("[data-screen=new]")).to_be_visible()
    typed(page, PIN)
    expect(page.locator("[data-screen=again]")).to_be_visible()
    typed(page, PIN)
    waiting(page, 0)
    page.click("[data-tab=out]")
    expect(page.locator("[data-op][data-state=delivered]", has_text="鼓楼小卖部")).to_be_visible()
