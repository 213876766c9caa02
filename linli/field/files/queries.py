"""How much of a phone's file is here."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings

from linli.field.files.models import Awaited, PhoneFile
from linli.kernel.scope import Actor


def part_of(owner: uuid.UUID, sha256: str) -> Path:
    """Where the pieces of a file are gathered, each owner's apart."""
    return Path(settings.LINLI_HOME) / "pieces" / "field" / owner.hex / f"{sha256}.part"


def arrived(actor: Actor, sha256: str) -> PhoneFile | None:
    """The file, when it is whole."""
    return PhoneFile.objects.visible_to(actor).filter(sha256=sha256).first()


def bytes_here(actor: Actor, sha256: str) -> int:
    """How many bytes of a file that is not whole are here."""
    try:
        return part_of(actor.id, sha256).stat().st_size
    except FileNotFoundError:
        return 0


def awaited(actor: Actor, sha256: str) -> list[Awaited]:
    """The records that this file is still to be hung on."""
    return list(Awaited.objects.filter(owner_id=actor.id, sha256=sha256, hung_at__isnull=True, refused=""))
