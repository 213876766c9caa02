"""The register: every column says what for, on which ground and how long; posts beside the police see no numbers."""

from __future__ import annotations

import uuid

import pytest
from django.db import models

from linli.kernel.acts import ACTS
from linli.kernel.scope import Actor, HeldPost
from linli.org.access.rules import RIGHTS
from linli.org.posts.rules import CIVIL
from linli.places.homes.models import Firm, Home
from linli.places.homes.rules import TERMS, in_reach, reads_numbers
from linli.places.occupants.acts import erasing
from linli.places.occupants.models import Occupant, Report, Residence
from linli.places.occupants.rules.declared import BOOKKEEPING, CIVIL_READERS, FIELDS, FULL_READERS
from tests.contracts import house

MODELS: tuple[type[models.Model], ...] = (Occupant, Residence, Home, Firm, Report)
NUMBERS = ("occupant.reveal", "occupant.register", "occupant.change", "occupant.merge", "report.decide")


def undeclared(name: str, columns: set[str]) -> set[str]:
    """Columns without purpose, basis and retention."""
    return columns - set(FIELDS[name]) - BOOKKEEPING


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_has_purpose_basis_and_retention(model: type[models.Model]) -> None:
    columns = {field.name for field in model._meta.local_fields} - {"load"}
    assert not undeclared(model.__name__, columns), "no personal column without a declared purpose"
    assert not set(FIELDS[model.__name__]) - columns, "a purpose for a column that is not there"
    for name, kept in FIELDS[model.__name__].items():
        assert kept.purpose.zh and kept.purpose.en and kept.basis.zh and kept.basis.en, name
        assert kept.keep == "" or kept.keep in TERMS, name
        if name.endswith(("_sealed", "_index")) or name == "born_on":
            assert kept.keep, f"{name} says something about a person and is kept for ever"


def test_the_lint_sees_a_new_column() -> None:
    """The mutant: a column that somebody adds without a purpose must be seen."""
    assert undeclared("Occupant", {"name_sealed", "religion"}) == {"religion"}
    assert "sealed" not in " ".join(BOOKKEEPING) and "index" not in " ".join(BOOKKEEPING)


def test_what_is_sealed_is_erased_when_due() -> None:
    """The eraser names every sealed column of the register."""
    source = next(text for path, text in _texts() if path == "places/occupants/acts/erasing.py")
    sealed = {f.name for model in MODELS for f in model._meta.local_fields if f.name.endswith(("_sealed", "_index"))}
    assert not {name for name in sealed - {"receipt_index"} if f"{name}=" not in source}
    assert erasing.ERASER.is_system


def _texts() -> list[tuple[str, str]]:
    return [(path.relative_to(house.ROOT).as_posix(), path.read_text()) for path in house.ROOT.rglob("erasing.py")]


def actor(*posts: tuple[str, str, bool]) -> Actor:
    held = tuple(HeldPost(code, uuid.UUID(int=1), path, sees) for code, path, sees in posts)
    return Actor(id=uuid.UUID(int=9), name="某", posts=held)


@pytest.mark.parametrize("post", sorted(CIVIL))
def test_civil_posts_see_no_numbers_and_only_their_own_room(post: str) -> None:
    civil = actor((post, "/B/S1/R1/", False))
    assert not reads_numbers(civil)
    assert post not in FULL_READERS and not set(NUMBERS) & RIGHTS[post]
    reach = str(in_reach(civil, "agency_path"))
    assert "/B/S1/R1/" not in reach or post in CIVIL_READERS
    assert "agency_path__gte" not in reach, "a civil post reaches what lies at its room, nothing below it"


def test_only_posts_of_the_police_with_a_duty_there_read_people() -> None:
    for post in set(RIGHTS) - FULL_READERS - CIVIL_READERS:
        assert not set(NUMBERS) & RIGHTS[post], post
        assert "agency_path" not in str(in_reach(actor((post, "/", True)), "agency_path")), post
    assert reads_numbers(actor(("community_officer", "/B/S1/R1/", True)))


@pytest.mark.parametrize(
    "name", sorted(n for n in ACTS if n.split(".")[0] in ("occupant", "residence", "report", "home"))
)
def test_the_trail_keeps_nothing_told_about_a_person(name: str) -> None:
    personal = {
        "name",
        "id_number",
        "phone",
        "told",
        "values",
        "purpose",
        "born_on",
        "sex",
        "guardian_basis",
        "address",
    }
    assert not set(ACTS[name].keeps) & personal
