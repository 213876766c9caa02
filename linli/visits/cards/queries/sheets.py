"""Sheets of cards as PDF, ready for scissors."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import segno
from django.conf import settings

from linli.visits.cards.models import CardBatch, CardDesign, PublicFace
from linli.visits.cards.queries.faces import Face
from linli.visits.cards.rules import Look, Printed, sheet_facts
from linli.works.files.queries import open_file
from linli.works.papers.rules import as_pdf, template_for

TEMPLATE = Path(__file__).parents[2] / "data" / "cards.typ"
MOST_CARDS = 1000


def look_of(design: CardDesign) -> Look:
    """What a design brings to a card."""
    return Look(design.layout, design.title, design.call_for, design.supervision_phone)


def sheets_of(batch: CardBatch, *, url: str, cards: int) -> bytes:
    """A batch's cards as they were decided, on as many A4 sheets as ``cards`` take; ``url`` is the door of its grid."""
    said = Printed(batch.officer_name, batch.room_name, batch.phone, batch.hours)
    officer = batch.officer_id
    public = PublicFace.objects.filter(person_id=officer).select_related("photo").first() if officer else None
    return _pdf(batch.design, said, grid=batch.grid_code, public=public, url=url, cards=cards)


def sample_of(design: CardDesign, face: Face, *, url: str) -> bytes:
    """One sheet as it would be printed today."""
    return _pdf(design, face.shown, grid=face.grid.code, public=face.public, url=url, cards=1)


def _pdf(design: CardDesign, said: Printed, *, grid: str, public: PublicFace | None, url: str, cards: int) -> bytes:
    photo = b""
    if public is not None and public.photo_id and design.layout == "portrait":
        with open_file(public.photo_id) as held:
            photo = held.read()
    facts = sheet_facts(
        look_of(design), said, grid=grid, qr_svg=qr_svg(url), cards=min(max(cards, 1), MOST_CARDS), photo=photo
    )
    return as_pdf(template_for(TEMPLATE, Path(settings.LINLI_HOME)), facts)


def qr_svg(url: str) -> str:
    """The QR of an address: it stands a scratch or a fold (level M)."""
    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=4, light="#fff", border=2)
    return drawn.getvalue().decode()
