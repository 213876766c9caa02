"""Templates by paper, what is found in one, and the one that prints a paper now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from linli.kernel.errors import Invalid, NotFound
from linli.kernel.words import Words
from linli.mediation.templates.models import PaperTemplate
from linli.mediation.templates.rules import FILE, Checked, checked, codes, sample
from linli.works.files.queries import open_file
from linli.works.papers.rules import as_docx, asked_by

MOST_UNPACKED_MB = 40


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with the versions that were brought, newest first; ``now`` is in force, else the house's own prints."""

    code: str
    words: Words
    versions: Sequence[PaperTemplate]

    @property
    def now(self) -> PaperTemplate | None:
        return next((one for one in self.versions if one.in_force), None)


def papers_with_templates() -> list[Paper]:
    """Every paper that may have one."""
    rows: dict[str, list[PaperTemplate]] = {}
    for one in PaperTemplate.objects.order_by("code", "-number"):
        rows.setdefault(one.code, []).append(one)
    return [Paper(code, words, rows.get(code, [])) for code, words in codes().items()]


def template_by_key(key: uuid.UUID) -> PaperTemplate:
    """One that was brought. Raises NotFound."""
    found = PaperTemplate.objects.filter(pk=key).select_related("file").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def body_of(row: PaperTemplate) -> bytes:
    """The Word file as it was brought."""
    with open_file(row.file_id) as held:
        return held.read()


def own_template(code: str) -> bytes | None:
    """The bureau's Word file that prints this paper now: the paper's own, else that for all; None for ours."""
    wanted = (code,) if code == FILE else (code, "paper")
    rows = {
        one.code: one for one in PaperTemplate.objects.filter(code__in=wanted, in_force=True).select_related("file")
    }
    row = next((rows[one] for one in wanted if one in rows), None)
    return body_of(row) if row else None


def check_body(code: str, body: bytes) -> Checked:
    """What a Word file asks for, and whether it prints an invented case. Raises Invalid for one with macros or that
    would unpack to too much.
    """
    try:
        with ZipFile(BytesIO(body)) as packed:
            names, size = packed.namelist(), sum(one.file_size for one in packed.infolist())
    except BadZipFile:
        return Checked(fault="不是Word文件")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid("template.macros", field="file")
    if size > MOST_UNPACKED_MB * 1_000_000:
        raise Invalid("template.large", most_mb=MOST_UNPACKED_MB, field="file")
    try:
        found = checked(code, asked_by(BytesIO(body)))
        if not found.unknown:
            as_docx(BytesIO(body), sample(code))
    except Invalid as fault:
        return Checked(fault=str(fault.facts.get("why", fault.code)))
    return found


def trial_print(row: PaperTemplate) -> bytes:
    """The invented case on this template."""
    return as_docx(BytesIO(body_of(row)), sample(row.code))
