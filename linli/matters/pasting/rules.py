"""Reading a pasted piece of a chat: time, who, text. Pure.

Chat programs copy in their own ways: ``张三 3/2 12:30`` or ``张三:`` above the words, ``张三：话`` in one line,
the time alone between messages, ``[图片]`` for a picture. What is no head of a message is text of the message
before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
MOST_LINES = 200
LONGEST_NAME = 20
_TIME = r"(?:[上下]午|凌晨|早上|中午|晚上)?\s*\d{1,2}:\d{2}(?::\d{2})?"
_DAY = r"(?:\d{4}[-/年])?\d{1,2}[-/月]\d{1,2}日?|昨天|前天|今天|星期[一二三四五六日天]|周[一二三四五六日天]"
_HEAD = re.compile(rf"^(?P<who>\S[^:：]{{0,19}}?)[\s ]+(?P<at>(?:(?:{_DAY})\s*)?{_TIME})\s*[:：]?$")
_TIME_ONLY = re.compile(rf"^[—\-\s]*(?P<at>(?:{_DAY})?\s*(?:{_TIME})?)[—\-\s]*$")
_NAME_ONLY = re.compile(r"^(?P<who>[^\s:：,，。！？!?/]{1,20})[:：]$")
_IN_ONE = re.compile(r"^(?P<who>[^\s:：,，。！？!?/]{1,12})[:：]\s*(?P<text>\S.*)$")
_LABELS = frozenset(
    {"地点", "地址", "位置", "时间", "电话", "联系电话", "手机", "内容", "事由", "人员", "姓名", "情况", "备注"}
    | {"注意", "通知", "提醒", "链接", "要求", "http", "https"}
)
"""Words before a colon that are no names."""
_MENTION = re.compile(r"@\S{1,20}[\s ]?")
_PICTURE = re.compile(
    r"\[(?:图片|照片|视频|语音|表情|动画表情|文件|位置|链接|聊天记录|Photo|Image|Video|Voice|Sticker)\]"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One message: when and who as they stood there (may be empty), what was said. ``media``: something that is no
    text was with it.
    """

    at: str
    who: str
    text: str
    media: bool = False


def read_paste(pasted: str) -> list[Line]:
    """The messages of a pasted piece, in order; those without words are left out. Mentions of others are taken out."""
    found: list[list[str]] = []
    at = who = ""
    for raw in pasted[:MOST_CHARACTERS].replace("\r", "\n").split("\n"):
        row = raw.replace("\u200b", "").strip()
        head = _HEAD.match(row)
        alone = _NAME_ONLY.match(row)
        if not row:
            continue
        if _TIME_ONLY.match(row) and any(sign.isdigit() for sign in row):
            at, who = row.strip("— -"), ""
            found.append([at, who])
        elif head and head["who"] not in _LABELS:
            at, who = head["at"].strip(), head["who"].strip()
            found.append([at, who])
        elif alone and alone["who"] not in _LABELS:
            who = alone["who"]
            found.append([at, who])
        elif (whole := _IN_ONE.match(row)) and whole["who"] not in _LABELS:
            who = whole["who"]
            found.append([at, who, whole["text"]])
        else:
            if not found:
                found.append([at, who])
            found[-1].append(row)
    lines = [_line(at, who, "\n".join(words)) for at, who, *words in found]
    return [line for line in lines if line.text or line.media][:MOST_LINES]


def _line(at: str, who: str, said: str) -> Line:
    media = bool(_PICTURE.search(said))
    return Line(at, who, _MENTION.sub("", _PICTURE.sub("", said)).strip(), media)
