"""The design language: every component is declared, shown in its states, and says states by shape and word."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client

from linli.kernel.workflow import WORKFLOWS
from linli.org.people.acts import open_account
from linli.web.components.declared import COMPONENTS, FOLDER, LOOKS
from linli.web.components.samples import samples
from linli.web.language import LANGUAGES, shown
from linli.web.templatetags.components import ago
from tests.contracts.house import CHINESE, ROOT, modules
from tests.town import SETUP, Town, build_town

STYLES = ROOT.parent / "frontend" / "src" / "css"
SPRITE = ROOT / "web" / "static" / "linli" / "icons.svg"
INLINE = re.compile(r"\bstyle\s*=")
COLOUR = re.compile(r":\s[^:]*(#[0-9a-fA-F]{3,8}\b|\brgba?\()")


@pytest.fixture
def town(db: None) -> Town:
    """A small county, for a person who may look."""
    return build_town()


def test_files_declarations_and_samples_are_the_same_set() -> None:
    assert {path.stem for path in FOLDER.glob("*.html")} == set(COMPONENTS) == set(samples())


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_renders_in_each_state_and_both_languages(name: str) -> None:
    component = COMPONENTS[name]
    for sample in samples()[name]:
        assert set(component.needs) <= set(sample.given) | ({"content"} if component.wraps else set())
        assert not set(sample.given) - {*component.needs, *component.takes}, "a sample gives only what is declared"
        for at, language in enumerate(LANGUAGES):
            html = str(shown(component, sample, language, at))
            assert "None" not in html, (name, sample.words.en)
            assert not INLINE.search(html), "an inline style is refused by the page's policy"


@pytest.mark.django_db
def test_the_living_page_shows_every_component(town: Town, client: Client) -> None:
    client.force_login(open_account(SETUP, username="looker", person=town.people["community_officer"]))
    page = client.get("/components").content.decode()
    shown_on_it = re.findall(r'data-component="(\w+)"', page)
    assert shown_on_it == list(COMPONENTS)
    for part in page.split("data-component=")[1:]:
        assert part.count('class="sample-shown"') >= len(LANGUAGES), part[:30]


def test_a_component_refuses_what_it_does_not_take() -> None:
    for wrong in ('{% part "tag" %}', '{% part "tag" words="a" wrong=1 %}', '{% part "none" %}', '{% part "panel" %}'):
        with pytest.raises(TemplateSyntaxError):
            Template("{% load components %}" + wrong)
    drawn = Template('{% load components %}{% wrap "panel" title=t %}<b>{{ t }}</b>{% endwrap %}').render(
        Context({"t": "<i>"})
    )
    assert "<i>" not in drawn
    assert "<b>&lt;i&gt;</b>" in drawn


def test_every_state_of_every_workflow_has_a_shape_and_the_shape_is_drawn() -> None:
    modules()
    states = {state.name for workflow in WORKFLOWS.values() for state in workflow.states}
    assert states <= set(LOOKS), f"add to components/looks.json: {sorted(states - set(LOOKS))}"
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
    named = {icon for icon, _ in LOOKS.values()}
    for path in (ROOT / "web").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
    assert named <= drawn, f"add to frontend/scripts/icons.mjs: {sorted(named - drawn)}"


def test_colours_stand_in_the_tokens_only() -> None:
    """A page that names a colour of its own is wrong in one of the two themes. Paper is white, shadows are dark."""
    found = set()
    for path in STYLES.glob("*.css"):
        screen = path.read_text().split("@media print")[0] if path.name != "tokens.css" else ""
        found |= {
            f"{path.name}: {rule.strip()[:80]}"
            for rule in re.split("[{};]", screen)
            if COLOUR.search(rule) and not rule.strip().startswith(("box-shadow", "filter", "text-shadow"))
        }
    assert not found, sorted(found)


def test_moments_are_said_in_the_languages_of_the_house() -> None:
    assert ago(None) == "—"
    assert CHINESE.search(str(shown(COMPONENTS["when"], samples()["when"][0], "zh-hans", 0)))
    assert not CHINESE.search(re.sub(r"title=.*?>", "", str(shown(COMPONENTS["when"], samples()["when"][0], "en", 0))))
