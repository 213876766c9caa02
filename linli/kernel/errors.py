"""Refusals: a code for machines, facts, and a sentence a person can act on, in Chinese and English.

A code is declared once, beside the rule that raises it; doors turn a refusal into problem+json or a page in one place.
"""

from __future__ import annotations

from linli.kernel.registry import Registry
from linli.kernel.words import Words

CODES: Registry[Words] = Registry("error codes")


def declare(code: str, *, zh: str, en: str) -> str:
    """Declare an error code with its sentence; ``{fact}`` places are filled from the facts. Returns the code."""
    CODES.add(code, Words(zh, en))
    return code


class Refusal(Exception):
    """What the house answers instead of doing what was asked. ``status`` is the HTTP status of all its cases."""

    status = 400

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)

    @property
    def words(self) -> Words:
        return CODES[self.code].filled(self.facts)

    def __str__(self) -> str:
        return f"{self.code}: {self.words.en}"

    def as_problem(self) -> dict[str, object]:
        """The body of an ``application/problem+json`` answer (RFC 9457) with both languages."""
        words = self.words
        return {
            "type": f"about:blank#{self.code}",
            "title": words.zh,
            "title_en": words.en,
            "status": self.status,
            "code": self.code,
            "facts": {key: _plain(value) for key, value in self.facts.items()},
        }


class NotAllowed(Refusal):
    """The actor holds no post with this right in this place."""

    status = 403


class NotFound(Refusal):
    """There is no such row for this actor: hidden and absent look the same."""

    status = 404


class Conflict(Refusal):
    """Somebody else was first, or the row has moved on."""

    status = 409


class Invalid(Refusal):
    """The facts given do not hold together; ``field`` among the facts names the one to change."""

    status = 422


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool, type(None), list, dict)) else str(value)


declare(
    "right.missing",
    zh="您的岗位不能在此处（{path}）{act_zh}。请联系该单位负责人。",
    en="Your post may not {act_en} here ({path}).",
)
declare("row.unknown", zh="没有找到：{what}。", en="Not found: {what}.")
declare("fact.missing", zh="请填写：{field}。", en="Please give: {field}.")
declare("fact.wrong", zh="{field}填写有误：{why}。", en="{field} is not right: {why}.")
declare(
    "workflow.moved_on",
    zh="已被他人办理，当前为“{state_zh}”。请刷新后再看。",
    en="Somebody else was first; it is now {state_en}.",
)
declare("workflow.no_such_move", zh="没有“{move}”这一步。", en="There is no step {move}.")
