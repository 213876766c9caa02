"""Every page of the URL table in both themes and sizes: axe finds nothing serious, nothing is cut off or complains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, SignIn, Visitor
from tools.workshop.paths import FRONTEND

AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
ROLES = ("administrator", "station_chief", "dispatcher", "bureau_leader", "community_officer")
"""Tried in this order for a page; between them they open every one."""
NO_PAGE = {
    "demo_sign_in": "a button of the sign-in page",
    "set_language": "a switch",
    "still_here": "a sign of life, without a body",
    "home": "leads to the page of the post",
    "wall_data": "JSON",
    "wall_ground": "JSON",
    "wall_lock": "a button of the wall",
    "field_shell": "the page of /field/ by its language, for the worker",
    "field_worker": "the app's worker",
    "field_manifest": "JSON",
    "field_session": "JSON",
    "map_style": "JSON",
    "map_roads": "tiles",
    "board_workbook": "a workbook",
    "meeting_decide": "a button of the meeting",
    "divergence_settle": "a button of a divergence",
    "load_do": "a button of a load",
    "load_progress": "JSON",
    "feed_do": "a button of a feed",
    "load_copy": "a workbook",
    "load_template": "a workbook",
    "visit_plan": "a button of the week",
    "visit_stop": "a button of a door",
    "work_paper": "a document",
    "card_sheet": "a document",
    "card_design_sheet": "a document",
    "card_tick": "a button of a door",
    "card_withdraw": "a button of a batch",
    "care_visit": "a form of the plan's page",
    "care_promise": "a form of the plan's page",
    "care_settle": "a button of a promise",
    "care_paper": "a photograph",
    "care_take_over": "a button of the counts",
    "hours_confirm": "a button of the week",
    "hours_sign": "a button of the week",
    "portal_photo": "a photograph",
    "door_photos": "takes pieces of a photograph",
    "door_photo": "the same",
    "group_test": "a button of a group",
    "my_channels_test": "a button of one's channels",
    "my_calendar_open": "the same",
    "my_calendar_close": "the same",
    "person_alert_test": "a button of a person's card",
    "share_alert_card": "a picture",
    "share_matter_card": "a picture",
    "population_plates": "a button of a street or an address, for print",
    "population_confirm": "a form of the record's page",
    "population_same_as": "a form of the record's page",
    "field_phone_wipe": "a button of a phone",
    "field_phone_readmit": "a button of a phone",
    "meeting_follow": "a button of a decision",
    "matter_level": "a button of a matter",
    "volunteer_decline": "a button of an application",
    "volunteer_give_card": "a button of a volunteer's page",
    "public_answer": "a form of the matter's page",
    "public_publish": "a button of the matter's page",
    "public_code": "a button of the matter's page",
    "public_contact": "a form of the matter's page",
    "matter_send": "a button of a tip",
    "matter_thank": "a form of a matter",
    "matter_pay": "a form of a matter",
    "matter_turn": "a form of community information",
    "sortie_report": "a form of a tip",
    "sortie_recall": "a form of a tip",
    "ticket_file": "JSON",
    "ticket_record": "a form of a ticket",
    "card_pin": "stands behind a card's first PIN",
    "code_card_issue": "a form of the cards' page",
    "code_card_renew": "a button of a card",
    "code_card_revoke": "a button of a card",
    "code_card_sheet": "a document",
    "task_act": "a button of a task",
    "tips_key": "a form of the tips' page",
    "tips_unlock": "the same",
    "tips_lock": "a button of the tips' page",
    "tips_file": "a button under a receipt",
    "tip_file": "a file to save",
    "tip_do": "a form of a tip",
    "task_answer": "a form of a task",
    "help_join": "a button of a request for help",
    "mediation_do": "the forms of a case",
    "mediation_paper": "a file to save",
    "mediation_lawyer_do": "buttons of hours and bookings",
    "mediation_template_do": "buttons of a template",
    "mediation_template_trial": "a file to save",
    "task_check": "a form of an answer",
}
"""Names in the URL table that are no page of their own, each with the reason."""
ACTS = re.compile(
    r"_(cancel|close|end|move|hours|services|equipment|form|crew|sign|give|let_go|reset_factor|reopen|activate|release)$|_again$|roads_"
)
"""Addresses that only take a form of another page; one that answers a GET with a page is swept all the same."""
NO_ROWS = {
    "channel": "the demo town has no gateway of its own",
    "channel_change": "the same",
    "peer_change": "the demo town has no partner system",
    "feed": "the demo town has no other system's folder",
    "feed_change": "the same",
    "mediation_new": "a button of an open dispute's page; tests/doors/test_pages_mediation.py goes through it",
    "self_report": "the QR of a printed plate leads there and nothing else",
    "self_report_kind": "the same",
    "visit_correct": "a button of an officer's own visit; the sweep is shown others'",
}
"""Pages that only exist when somebody has made a row; the forms for a new one are the same, and are swept."""
FEW = 3
"""So many addresses of a route are asked for as one person, when the sweep looks for its way."""
HREF = re.compile(r'href="(/[^"?#]*)')
RUN = """async (rules) => {
  // The map's own controls are its library's to name.
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: { type: 'rule', values: rules } } : {}) }
  const found = await axe.run({ exclude: [['.maplibregl-ctrl']] }, options)
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${(node.any[0] || {}).message || ''}`.slice(0, 160)).join(' | ')}`)
}"""  # noqa: E501  one script, kept readable as such
LINKS = """() => [...document.querySelectorAll('main a[href], header a[href]')]
  .map((one) => new URL(one.getAttribute('href'), location.href).pathname)"""


def pages_of_the_table() -> Iterator[tuple[str, str]]:
    """Name and route of every address of the pages; the API's and the library's own are not ours to look at here."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name and pattern.name not in NO_PAGE:
            yield pattern.name, str(pattern.pattern)
        elif isinstance(pattern, URLResolver):
            continue


def matching(route: str) -> re.Pattern[str]:
    """What an address of this route looks like."""
    return re.compile("^/" + re.sub(r"<\w+:\w+>", "[^/]+", route) + "$")


class Sweep:
    """Goes through the pages, and keeps what axe found and the links that it met."""

    def __init__(self, sign_in: SignIn) -> None:
        self.visitors: dict[str, Visitor] = {}
        self.sign_in = sign_in
        self.links: dict[str, str] = {}
        self.found: list[str] = []

    def visitor(self, role: str) -> Visitor:
        if role not in self.visitors:
            self.visitors[role] = self.sign_in(role, bypass_csp=True)
        return self.visitors[role]

    def open(self, path: str, role: str) -> Page | None:
        """The page, when this role may see it."""
        visitor = self.visitor(role)
        answer = visitor.page.request.get(visitor.origin + path)
        if answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
            return None
        page = visitor.open(path)
        page.wait_for_timeout(300)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        return page

    def look(self, path: str) -> bool:
        """Sweep an address with the first role that may open it; False when none may. The others only lend links."""
        seen = False
        for role in ROLES:
            page = None if seen else self.open(path, role)
            if page is not None:
                self.links.update(dict.fromkeys(page.evaluate(LINKS), role))
                self.judge(path, page)
                seen = True
            elif "/" not in path[1:]:
                answer = self.visitor(role).page.request.get(self.visitor(role).origin + path)
                self.links.update({link: role for link in HREF.findall(answer.text()) if link not in self.links})
        return seen

    def lead(self, lost: set[str], routes: dict[str, re.Pattern[str]]) -> dict[str, tuple[str, str]]:
        """Ask for page after page, as each person, until something leads to these routes: to which address, and whom.

        Who opens a page first may see no more of it than its list; its buttons are another's.
        """
        found: dict[str, tuple[str, str]] = {}
        for role in reversed(ROLES):
            visitor, asked, ways = self.visitor(role), Counter[str](), sorted(self.links)
            known = set(ways)
            while ways and lost - found.keys():
                path = ways.pop()
                name = next((one for one, route in routes.items() if route.match(path)), "")
                if not name or asked[name] == FEW:
                    continue
                asked[name] += 1
                links = set(HREF.findall(visitor.page.request.get(visitor.origin + path).text()))
                for one in lost - found.keys():
                    found.update((one, (link, role)) for link in links if routes[one].match(link))
                ways += sorted(links - known)
                known |= links
        return found

    def judge(self, path: str, page: Page) -> None:
        """All rules on the desk in light; what theme or size can change again in the others."""
        for size, theme, rules in (
            (DESK, "light", None),
            (DESK, "dark", ["color-contrast"]),
            (PHONE, "dark", ["color-contrast", "scrollable-region-focusable", "nested-interactive"]),
            (PHONE, "light", ["color-contrast", "button-name", "link-name", "select-name", "label"]),
        ):
            page.set_viewport_size(size)
            page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme }", theme)
            page.wait_for_timeout(60)
            found: list[Any] = page.evaluate(RUN, rules)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                found.append(f"cut off: the page is {wide} px wide")
            self.found += [f"{path} {theme} {size['width']}: {one}" for one in found]
        page.set_viewport_size(DESK)


@pytest.mark.slow
@pytest.mark.once("others")  # the longest of the browser: here the passes take equally long
@pytest.mark.timeout(600)
def test_no_page_has_a_serious_finding(sign_in: SignIn) -> None:
    sweep = Sweep(sign_in)
    table = dict(pages_of_the_table())
    plain = {name: route for name, route in table.items() if "<" not in route}
    unseen = [name for name, route in plain.items() if not sweep.look(f"/{route}")]
    for name, route in table.items():
        if "<" not in route:
            continue
        own = (link for link in sorted(sweep.links) if matching(route).match(link) and link[1:] not in plain.values())
        address = next(own, "")
        if not (address and sweep.look(address)) and not ACTS.search(name) and name not in NO_ROWS:
            unseen.append(name)
    found = sweep.lead(set(unseen), {name: matching(route) for name, route in table.items()})
    for path, role in found.values():
        page = sweep.open(path, role)
        assert page is not None, (path, role)
        sweep.judge(path, page)
    unseen = [name for name in unseen if name not in found]
    complaints = {role: visitor.complaints for role, visitor in sweep.visitors.items() if visitor.complaints}
    assert not sweep.found, "\n".join(sweep.found)
    assert not complaints
    assert not unseen, f"nobody was led to these pages, or nobody may open them: {unseen}"
