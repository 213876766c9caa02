"""What a named list may be made of: pure."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from linli.insight.measures.rules import MEASURES
from linli.kernel.errors import Invalid, declare

declare(
    "list.unknown_figure",
    zh="没有“{code}”这项数据。可选：{known}。",
    en="There is no figure {code}; there are {known}.",
)
declare(
    "list.unreadable",
    zh="筛选条件无法识别：{why}。请在台账中筛选好后，复制地址栏问号后面的部分。",
    en="The filter cannot be read ({why}). Filter the ledger as wanted and copy what stands after the question mark.",
)

PLACES_KNOW = ("grade", "due_in", "kind", "place", "overdue")
LONGEST = 400


def checked_query(holds: str, query: str) -> str:
    """The query as it is kept: without a leading address, fields in their order; of figures the codes by commas.

    Raises Invalid ``list.unknown_figure`` or ``list.unreadable``.
    """
    text = query.strip()
    if holds == "figures":
        codes = [code.strip() for code in text.split(",") if code.strip()]
        unknown = next((code for code in codes if code not in MEASURES), None)
        if unknown is not None or not codes:
            raise Invalid("list.unknown_figure", code=unknown or text, known="、".join(MEASURES), field="query")
        return ",".join(dict.fromkeys(codes))
    text = text.partition("?")[2] if text.startswith(("/", "http")) else text.removeprefix("?")
    if len(text) > LONGEST:
        raise Invalid("list.unreadable", why=str(len(text)), field="query")
    pairs = [(name, value) for name, value in parse_qsl(text) if name not in ("cursor", "page")]
    if text and not pairs:
        raise Invalid("list.unreadable", why=text[:40], field="query")
    if holds == "places":
        strange = next((name for name, _ in pairs if name not in PLACES_KNOW), None)
        if strange:
            raise Invalid("list.unreadable", why=strange, field="query")
    return urlencode(pairs)


def params_of(query: str) -> dict[str, str]:
    """A kept query as fields and values."""
    return dict(parse_qsl(query))
