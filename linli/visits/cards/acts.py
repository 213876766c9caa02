"""Designing cards, printing a grid's, carrying them from door to door."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.inputs import Offline, asked
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.places.grid.models import Grid
from linli.visits.cards.models import BATCH_LIFE, CardBatch, CardDesign, CardDoor, GridPage, PublicFace
from linli.visits.cards.queries import Face, doors_of, doors_within
from linli.visits.cards.rules import LAYOUTS, OUTCOMES, code_from, portrait
from linli.works.files.acts import keep_file

declare("card.layout", zh="没有“{layout}”这种版式。", en="There is no layout {layout}.")
declare("card.name_taken", zh="已有同名式样“{name}”。", en="There is already a design called {name}.")
declare("card.design_ended", zh="该式样已停用。", en="This design was ended.")
declare(
    "card.no_doors",
    zh="警格{grid}内没有门牌地址，请先导入地址。",
    en="Grid {grid} has no addresses: import them first.",
)
declare("card.outcome", zh="没有“{outcome}”这种结果。", en="There is no outcome {outcome}.")
declare("card.over", zh="这批卡片已{state_zh}。", en="These cards are {state_en}.")
declare("card.photo", zh="照片须为JPG、PNG或WEBP。", en="A photograph is JPG, PNG or WEBP.")
_MOST_CARDS = 200


@act(
    "card.design",
    zh="设计联系卡",
    en="design a contact card",
    keeps=("layout",),
    within=lambda facts: facts["agency"].path,
)
def design_card(
    actor: Actor,
    *,
    agency: Agency,
    name: str,
    layout: str,
    call_for: str,
    supervision_phone: str = "",
    title: str = "警民联系卡",
    motto: str = "",
) -> CardDesign:
    """A design for an agency and all below it. Raises Invalid naming the field, Conflict on a name in use."""
    if layout not in LAYOUTS:
        raise Invalid("card.layout", layout=layout, field="layout")
    for field, value in (("name", name), ("call_for", call_for), ("title", title)):
        if not value.strip():
            raise Invalid("fact.missing", field=field)
    if CardDesign.objects.in_use().filter(agency=agency, name=name.strip()).exists():
        raise Conflict("card.name_taken", name=name.strip(), field="name")
    return CardDesign.objects.create(
        agency=agency,
        name=name.strip(),
        layout=layout,
        title=title.strip(),
        call_for=call_for.strip(),
        supervision_phone=supervision_phone.strip(),
        motto=motto.strip(),
    )


@act(
    "card.end_design",
    zh="停用联系卡式样",
    en="end a card design",
    about="design",
    within=lambda facts: facts["design"].agency.path,
)
def end_design(actor: Actor, *, design: CardDesign) -> CardDesign:
    """Nobody prints it any more; cards printed with it are to be replaced."""
    if not CardDesign.objects.in_use().filter(pk=design.pk).update(ended_at=clock.now(), version=F("version") + 1):
        raise Conflict("card.design_ended")
    design.refresh_from_db()
    return design


def workplace(person: Person) -> str | None:
    """The path where a person works: whoever leads there may set his public face."""
    held = Post.objects.held_on(clock.today()).filter(person=person).select_related("agency").order_by("-main", "since")
    post = held.first()
    return post.agency.path if post else None


@act(
    "card.show_face",
    zh="设置对外照片和值班电话",
    en="set the photograph and duty telephone shown to residents",
    about="person",
    within=lambda facts: workplace(facts["person"]),
)
def show_face(
    actor: Actor, *, person: Person, duty_phone: str = "", photo: bytes | None = None, drop_photo: bool = False
) -> PublicFace:
    """What residents see of an officer. ``photo`` is a picture of whatever size, kept small; without one the one there
    stays, unless it is dropped. Raises Invalid ``card.photo`` for what is no picture.
    """
    values: dict[str, Any] = {"duty_phone": duty_phone.strip()}
    if photo is not None:
        small = portrait(photo)
        if small is None:
            raise Invalid("card.photo", field="photo")
        values["photo"] = keep_file(actor, body=small, title="portrait.jpg")
    elif drop_photo:
        values["photo"] = None
    face, made = PublicFace.objects.get_or_create(person=person, defaults=values)
    if not made:
        PublicFace.objects.filter(pk=face.pk).update(version=F("version") + 1, **values)
        face.refresh_from_db()
    return face


def page_of_grid(grid: Grid) -> GridPage:
    """The residents' door of a grid, made when first asked for; part of an act."""
    spot = grid.shape.representative_point()
    page, _ = GridPage.objects.get_or_create(
        grid_code=grid.code,
        defaults={"code": code_from(secrets.token_bytes(32)), "lon": spot.x, "lat": spot.y, "made_at": clock.now()},
    )
    return page


@act(
    "card.print",
    zh="印制联系卡",
    en="print contact cards",
    keeps=("design",),
    within=lambda facts: facts["face"].room.path,
)
def print_cards(actor: Actor, *, face: Face, design: CardDesign) -> CardBatch:
    """A batch for a grid: what its cards say is kept, and every door of the grid is on its list. The batch before it is
    replaced. Raises Conflict for an ended design, Invalid ``card.no_doors``.
    """
    if design.ended_at is not None:
        raise Conflict("card.design_ended")
    flats = doors_within(face.grid)
    if not flats:
        raise Invalid("card.no_doors", grid=face.grid.code)
    page_of_grid(face.grid)
    for old in CardBatch.objects.in_force().filter(grid_code=face.grid.code):
        take(old, BATCH_LIFE, "replace")
    said = face.shown
    batch = CardBatch.objects.create(
        grid=face.grid,
        grid_code=face.grid.code,
        agency=face.room,
        design=design,
        officer=face.officer,
        officer_name=said.officer,
        room_name=said.room,
        phone=said.phone,
        hours=said.hours[:200],
        doors_count=len(flats),
        made_at=clock.now(),
        made_by_name=actor.name,
    )
    CardDoor.objects.bulk_create(
        [
            CardDoor(batch=batch, address=flat.address, unit=flat.unit, room=flat.room, place=place)
            for place, flat in enumerate(flats, start=1)
        ],
        batch_size=200,
    )
    return batch


@act(
    "card.withdraw",
    zh="作废联系卡",
    en="withdraw contact cards",
    about="batch",
    within=lambda facts: facts["batch"].agency.path,
)
def withdraw_batch(actor: Actor, *, batch: CardBatch) -> CardBatch:
    """The cards are not carried on; a new batch may be printed."""
    take(batch, BATCH_LIFE, "withdraw")
    return batch


@act(
    "card.deliver",
    zh="登记联系卡发放",
    en="tick a door of the contact cards",
    keeps=("outcome", "cards"),
    about="door",
    within=lambda facts: facts["door"].batch.agency.path,
    offline=Offline(
        subject=CardDoor,
        argument="door",
        inputs=(
            asked("outcome", "choice", "结果", "outcome", required=True, choices=tuple(OUTCOMES.items())),
            asked("cards", "number", "张数", "cards", default=1, least=0, most=_MOST_CARDS),
        ),
        group="visit",
        order=60,
        icon="clipboard-check",
    ),
)
def deliver_card(
    actor: Actor,
    *,
    door: CardDoor,
    outcome: str,
    cards: float = 1,
    device_at: datetime | None = None,
) -> CardDoor:
    """Say what came of one door. Said again it replaces what was said: two officers at one door are no conflict, the
    later walk counts. ``cards`` is how many were given. Raises Conflict when the batch is over.
    """
    if outcome not in OUTCOMES:
        raise Invalid("card.outcome", outcome=outcome, field="outcome")
    if not 0 <= cards <= _MOST_CARDS:
        raise Invalid("fact.wrong", field="cards", why=str(cards))
    batch = door.batch
    at = min(device_at, clock.now()) if device_at else clock.now()
    if batch.state not in ("going_out", "delivered"):
        state = BATCH_LIFE.state(batch.state).words
        raise Conflict("card.over", state_zh=state.zh, state_en=state.en)
    given = int(cards) if outcome in ("handed", "left") else 0
    later = CardDoor.objects.filter(pk=door.pk).exclude(at__gt=at)
    later.update(outcome=outcome, cards=given, at=at, by_id=actor.id, by_name=actor.name, version=F("version") + 1)
    door.refresh_from_db(fields=["outcome", "cards", "at", "by_id", "by_name", "version"])
    _settle(batch)
    return door


def _settle(batch: CardBatch) -> None:
    """A batch without doors left is delivered; a tick taken back opens it again."""
    left = doors_of(batch, left=True).exists()
    if left == (batch.state == "delivered"):
        take(batch, BATCH_LIFE, "reopen" if left else "complete")
