"""Files from outside: each is made anew or refused with a sentence; nothing of what came is passed on."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from linli.kernel.errors import Invalid
from linli.works.cleaning.acts import clean_apart
from linli.works.cleaning.rules import Cleaned
from linli.works.cleaning.rules.kinds import clean
from tests import hostile


def came_of(body: bytes) -> Cleaned | str:
    try:
        return clean(body)
    except Invalid as refused:
        return refused.code


def test_hostile_files_are_made_anew_or_refused() -> None:
    """Two hundred: the ending or the refusal that is expected; no mark of an author, place or script in what is left;
    what is left is what it says, and cleaning it again finds it clean.
    """
    samples = hostile.all_of_them()
    assert len(samples) == 200
    wrong, taken = [], 0
    for one in samples:
        made = came_of(one.body)
        if isinstance(made, str):
            if not made.startswith("cleaning.") or (one.ends and made != one.ends):
                wrong.append((one.name, made))
            continue
        taken += 1
        if one.ends and made.ending != one.ends:
            wrong.append((one.name, made.ending))
        if any(mark in made.body for mark in hostile.MARKS):
            wrong.append((one.name, "a mark is left"))
        if made.body == one.body and made.ending != ".txt":
            wrong.append((one.name, "passed on as it came"))
        if not one.name.startswith("flipped") and clean(made.body).ending != made.ending:
            wrong.append((one.name, "not what it says"))
    assert wrong == []
    assert taken > 40, "a cleaner that refuses everything cleans nothing"


def test_the_look_for_marks_sees_them() -> None:
    """The mutant: a picture passed on as it came holds them."""
    raw = hostile.picture("JPEG", exif=hostile.with_exif())
    assert any(mark in raw for mark in hostile.MARKS)
    made = clean(raw)
    assert not Image.open(io.BytesIO(made.body)).getexif()
    assert Image.open(io.BytesIO(clean(hostile.picture("JPEG", exif=hostile._turned())).body)).size == (48, 64)


def test_a_file_is_made_anew_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes back as from the rule; a refusal keeps its code; one that takes for ever, or dies, is refused."""
    raw = hostile.picture("JPEG", exif=hostile.with_exif())
    assert clean_apart(raw).ending == ".jpg"
    with pytest.raises(Invalid) as refused:
        clean_apart(b"<svg/>")
    assert refused.value.code == "cleaning.kind"
    monkeypatch.setattr("linli.works.cleaning.acts._CHILD", ("/bin/false",))
    with pytest.raises(Invalid) as died:
        clean_apart(raw)
    assert died.value.code == "cleaning.broken"
    monkeypatch.setattr("linli.works.cleaning.acts._CHILD", ("/bin/sleep", "9"))
    monkeypatch.setattr("linli.works.cleaning.acts.MOST_S", 0.2)
    with pytest.raises(Invalid) as late:
        clean_apart(raw)
    assert late.value.code == "cleaning.huge"
