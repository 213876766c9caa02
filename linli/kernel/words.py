"""A term in the two languages of the house."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One term: ``zh`` is what users read, ``en`` the same for code, documents and the English catalogue."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def filled(self, facts: dict[str, object]) -> Words:
        """The same words with ``{name}`` places filled from ``facts``; an absent fact stays visible as its name."""
        shown = _Shown(facts)
        return Words(self.zh.format_map(shown), self.en.format_map(shown))

    def as_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


class _Shown(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
