"""Which fields a paper's template may ask for, which it must show, and an invented case to try it on: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from linli.kernel.errors import declare
from linli.kernel.words import Words
from linli.mediation.papers.rules import CONTENTS
from linli.mediation.procedures.rules import PAPERS

declare("template.paper", zh="没有这种文书：{paper}。", en="There is no paper {paper}.")
declare("template.macros", zh="带宏的Word文件不收，请另存为不带宏的DOCX。", en="A Word file with macros is not taken.")
declare(
    "template.large",
    zh="这个Word文件展开后太大（最多{most_mb}MB），请去掉大图片。",
    en="Unpacked this Word file is too large (at most {most_mb} MB): take large pictures out.",
)
declare(
    "template.faulty",
    zh="这份模板还不能启用：{why}",
    en="This template cannot be put in force yet: {why}",
)

ALL, FILE = "paper", "case-file"
FIELDS: dict[str, Words] = {
    "title": Words("文书名称", "name of the paper"),
    "number": Words("纠纷编号", "number of the dispute"),
    "agency": Words("调解组织", "who mediates"),
    "printed": Words("打印日期", "day of printing"),
    "lead": Words("调解员", "the mediator"),
    "law": Words("依据的法律", "the law it rests on"),
    "lines": Words("当事人等登记项（每行两列）", "parties and other entries, in two columns"),
    "sections": Words("正文各段（标题、内容）", "sections with heading and text"),
    "signers": Words("签名栏", "places to sign"),
    "notes": Words("期限、份数等附注", "notes: dates, copies"),
    "code": Words("文书代码", "code of the paper"),
}
FILE_FIELDS: dict[str, Words] = {
    **{name: FIELDS[name] for name in ("title", "number", "agency", "printed")},
    "contents": Words("卷内目录", "contents of the file"),
    "brought": Words("附卷材料", "papers that were brought"),
    "papers": Words("各份文书", "the papers"),
}
MUST: dict[str, frozenset[str]] = {
    ALL: frozenset({"title", "number", "lines", "sections", "signers"}),
    FILE: frozenset({"number", "contents", "papers"}),
}
"""Without these the paper would miss what the law asks it to hold (People's Mediation Law art. 29; domain.md A5)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a template: fields nobody fills, contents that it leaves out, and why it cannot be printed."""

    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    fault: str = ""

    @property
    def good(self) -> bool:
        return not (self.unknown or self.missing or self.fault)

    @property
    def why(self) -> str:
        """In one line, for a refusal."""
        said = [f"不认识的字段：{'、'.join(self.unknown)}" if self.unknown else ""]
        said += [f"缺少必备内容：{'、'.join(FIELDS_ALL[name].zh for name in self.missing)}" if self.missing else ""]
        return "；".join(part for part in (*said, self.fault) if part)


FIELDS_ALL = {**FILE_FIELDS, **FIELDS}


def codes() -> dict[str, Words]:
    """What may have a template of its own."""
    return {
        ALL: Words("全部文书（没有单独模板的）", "all papers without their own"),
        **PAPERS,
        FILE: Words("整卷（封面、目录、各份文书）", "the whole file"),
    }


def fields_of(code: str) -> dict[str, Words]:
    """The fields that are filled for this paper."""
    return FILE_FIELDS if code == FILE else FIELDS


def checked(code: str, asked: Iterable[str], fault: str = "") -> Checked:
    """What a template asks for against what there is."""
    wanted = set(asked)
    must = MUST[FILE if code == FILE else ALL]
    return Checked(tuple(sorted(wanted - fields_of(code).keys())), tuple(sorted(must - wanted)), fault)


def sample(code: str) -> dict[str, Any]:
    """An invented case in the shape of a real one: nobody in it lives."""
    if code == FILE:
        one = sample("people_agreement")
        contents = [
            {"words": words.zh, "there": n % 2 == 0, "missing": n == 1, "required": n < 3}
            for n, words in enumerate(CONTENTS.values())
        ]
        brought = [{"words": CONTENTS["identity"].zh, "title": "身份证复印件", "pages": 2}]
        kept = {name: one[name] for name in ("number", "agency", "printed")}
        return {**kept, "title": "调解卷宗", "contents": contents, "brought": brought, "papers": [one]}
    paper = code if code in PAPERS else "people_agreement"
    return {
        "code": paper,
        "title": PAPERS[paper].zh,
        "number": "JF00000000-0",
        "agency": "（样张）某某人民调解委员会",
        "printed": "2026年1月1日",
        "lead": "样张调解员",
        "law": "《中华人民共和国人民调解法》",
        "lines": [("甲方", "样张甲，住样张路1号"), ("乙方", "样张乙，法定代理人样张丙")],
        "sections": [
            ("纠纷的主要事实", "样张：新楼挡住采光。"),
            ("争议事项", "样张：采光时间。"),
            ("各方当事人的责任", "样张。"),
            ("协议内容", "样张：补偿八千元，分两期。\n第二行。"),
            ("履行方式和期限", "样张：转账。"),
        ],
        "signers": ["样张甲", "样张乙", "调解员", "（印章）"],
        "notes": ["样张：本协议一式三份。"],
    }
