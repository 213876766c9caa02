"""`linli account`: how the first people and the machines of an installation get in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linli.command.main import main
from linli.org.people.acts import take_on_person
from linli.org.people.models import Account
from linli.trail.entries.models import Entry
from tests.town import SETUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def word(tmp_path: Path) -> str:
    file = tmp_path / "word"
    file.write_text("seven grey herons\n")
    return str(file)


def test_a_person_gets_in(capsys: pytest.CaptureFixture[str], word: str) -> None:
    take_on_person(SETUP, staff_no="3307001", name="演示甲")
    assert main(["account", "zhang", "--person", "3307001", "--password-file", word, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["user"] == "zhang"
    account = Account.objects.get(username="zhang")
    assert account.check_password("seven grey herons") and account.person is not None
    entry = Entry.objects.get(act="account.open")
    assert (entry.actor_name, "herons" in str(entry.facts)) == ("command", False)


def test_a_machine_gets_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "centre-110", "--machine", "110"]) == 0
    assert not Account.objects.get(username="centre-110").has_usable_password()
    capsys.readouterr()
    assert main(["token", "centre-110", "--days", "30"]) == 0
    assert len(capsys.readouterr().out.strip()) > 40


@pytest.mark.parametrize(
    "words",
    [
        ("zhang", "--person", "nobody"),
        ("m", "--machine", "110", "--password-file", "WORD"),
        ("zhang", "--person", "3307001", "--password-file", "/no/such"),
        ("zhang", "--person", "3307002", "--password-file", "WORD"),
        ("taken", "--machine", "x"),
    ],
)
def test_what_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str], word: str, words: tuple[str, ...]) -> None:
    take_on_person(SETUP, staff_no="3307001", name="演示甲")
    person = take_on_person(SETUP, staff_no="3307002", name="演示乙")
    Account.objects.create(username="taken", person=person)
    before = Account.objects.count()
    assert main(["account", *(word if text == "WORD" else text for text in words)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and len([line for line in said.err.splitlines() if line.startswith("linli account")]) == 1
    assert Account.objects.count() == before


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    take_on_person(SETUP, staff_no="3307001", name="演示甲")
    (tmp_path / "short").write_text("12345678")
    assert main(["account", "zhang", "--person", "3307001", "--password-file", str(tmp_path / "short")]) == 2
    assert not Account.objects.exists()
