"""Setting a paper from a template and facts: Word by docxtpl (Jinja fields in the document), PDF by Typst.

Facts are plain JSON values whose texts are ready to be read: percentages, dates and dashes are made by whoever asks,
so that Word and PDF say the same. The Chinese font comes with a Python package: nothing of the machine's is used, so a
paper looks alike everywhere (ADR 0063).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import jinja2
import noto_cjk_sans_otc  # type: ignore[import-untyped]  # one constant, the font's path
from jinja2.sandbox import SandboxedEnvironment

from linli.kernel.errors import Invalid, declare
from linli.kernel.late import late

if TYPE_CHECKING:
    import docxtpl
    import typst
    from docx.opc import exceptions
else:
    docxtpl = late("docxtpl")
    typst = late("typst")
    exceptions = late("docx.opc.exceptions")

declare(
    "paper.template",
    zh="模板“{name}”不能用：{why}",
    en="The template {name} cannot be used: {why}",
)

FONT_FOLDER = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
FONT = "Noto Sans CJK SC"
OWN_FOLDER = "papers"


def template_for(shipped: Path, home: Path) -> Path:
    """The bureau's own template of that name in ``home``/papers, else the one that came with the house."""
    own = home / OWN_FOLDER / shipped.name
    return own if own.is_file() else shipped


_FAULTS = (BadZipFile, KeyError, ValueError, jinja2.TemplateError)


def _named(template: Path | BytesIO) -> str:
    return template.name if isinstance(template, Path) else "DOCX"


def asked_by(template: Path | BytesIO) -> set[str]:
    """The names of the fields that a Word template asks for. Raises Invalid ``paper.template`` when it is none."""
    try:
        document = docxtpl.DocxTemplate(template)
        return set(document.get_undeclared_template_variables(SandboxedEnvironment()))
    except (exceptions.PackageNotFoundError, *_FAULTS) as fault:
        raise Invalid("paper.template", name=_named(template), why=str(fault)[:200]) from fault


def as_docx(template: Path | BytesIO, facts: Mapping[str, Any]) -> bytes:
    """A Word document; the template is one with fields like ``{{ station }}``. Raises Invalid ``paper.template`` when
    it is none, or asks for what is not known.
    """
    paper = BytesIO()
    try:
        document = docxtpl.DocxTemplate(template)
        # An unknown field is an error, not an empty place; a text brings no markup, a template reaches no Python.
        document.render(dict(facts), SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True))
        document.save(paper)
    except (exceptions.PackageNotFoundError, *_FAULTS) as fault:
        raise Invalid("paper.template", name=_named(template), why=str(fault)[:200]) from fault
    return paper.getvalue()


@functools.cache
def fonts() -> typst.Fonts:
    """Read once a process: looking through 15 MB of font for each paper took six sevenths of its time."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONT_FOLDER])


def as_pdf(template: Path, facts: Mapping[str, Any]) -> bytes:
    """A PDF; the template is Typst source that reads ``json(bytes(sys.inputs.facts))``. Raises Invalid
    ``paper.template`` with the compiler's words.
    """
    try:
        return typst.compile(
            template,
            format="pdf",
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"facts": json.dumps(facts, ensure_ascii=False), "font": FONT},
        )
    except (RuntimeError, OSError) as fault:
        raise Invalid("paper.template", name=template.name, why=str(fault)[:200]) from fault
