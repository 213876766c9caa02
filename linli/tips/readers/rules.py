"""Who may read a tip, and who is left out of it: pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare(
    "tip.passphrase_short",
    zh="密语至少{least}个字符，且不能太简单。",
    en="A passphrase has at least {least} characters and is not too simple.",
)
declare("tip.passphrase_other", zh="两次输入的密语不一样。", en="The two passphrases differ.")
declare("tip.no_key", zh="您还没有开设阅读密钥。", en="You have not made your reading key yet.")
declare("tip.not_a_reader", zh="您的岗位不看匿名线索。", en="Your post does not read anonymous tips.")
declare(
    "tip.nobody_reads",
    zh="这里暂时没有人能看匿名线索。请拨打12389，或换一个单位。",
    en="Nobody here can read anonymous tips just now. Call 12389, or choose another place.",
)

OFFICER, CHIEF, DESK, LEADER = "community_officer", "station_chief", "tips_desk", "bureau_leader"
READERS = (OFFICER, CHIEF, DESK, LEADER)
"""Posts that may read tips; whom a tip reaches of them is decided for each tip. Auxiliaries and the village's own
people are not among them, and no choice adds them."""

AUDIENCES: dict[str, Words] = {
    "officer": Words("这里的社区民警和局里的受理专员", "the officer of this place and the bureau's tips desk"),
    "chief": Words("派出所所长和局里的受理专员", "the station's chief and the bureau's tips desk"),
    "bureau": Words("只给局里的受理专员", "the bureau's tips desk only"),
}
CONCERNS: dict[str, Words] = {
    "": Words("不是民警或辅警", "not about police"),
    "room": Words("这个警务室的人", "somebody of this police room"),
    "chief": Words("派出所的领导", "a leader of the police station"),
    "station": Words("这个派出所的人", "somebody of this police station"),
    "bureau": Words("县局的人", "somebody of the bureau"),
    "desk": Words("受理线索的人", "somebody who reads these tips"),
}
"""Whom a tip is about. Anything about police leaves the station and goes to the bureau."""

DEMO_WORDS = "演示密语-真实环境里请另设"
"""Of the demo county's readers; the pages of a demo show it, and of nothing else."""
LEAST_SIGNS = 12
_LEAST_DIFFERENT = 6
_TITLES = (
    "警官",
    "民警",
    "所长",
    "副所长",
    "所",
    "教导员",
    "指导员",
    "队长",
    "局长",
    "副局长",
    "主任",
    "专员",
    "警长",
    "科长",
    "大队长",
)
_DRAWN_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could read: a held post of a reader with a key. ``path`` is where the post is held."""

    person_id: uuid.UUID
    name: str
    post: str
    post_id: uuid.UUID
    path: str
    key_id: uuid.UUID
    public: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a tip says of its readers: the giver's choice, whom it is about, where (paths; empty where none), and who
    was left out since, by person.
    """

    audience: str
    concerns: str = ""
    room_path: str = ""
    station_path: str = ""
    left_out: frozenset[str] = frozenset()

    @property
    def about_police(self) -> bool:
        return bool(self.concerns or self.left_out)


def readers_of(wanted: Wanted, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Whom the tip is sealed to: the few that the giver chose, always with the bureau's desk, so that one lost key
    loses no tip.

    About police: the bureau's desk alone, without whoever is left out; about the desk, or when nobody is left there:
    the bureau's leaders. Empty when nobody may read it.
    """
    known = [one for one in candidates if str(one.person_id) not in wanted.left_out]
    desk = [one for one in known if one.post == DESK]
    leaders = [one for one in known if one.post == LEADER]
    if wanted.concerns == "desk":
        # Whoever is both does not come in by the other door.
        people = {one.person_id for one in desk}
        return [one for one in leaders if one.person_id not in people]
    if wanted.about_police:
        return desk or leaders
    near: list[Candidate] = []
    if wanted.audience == "officer" and wanted.room_path:
        near = [one for one in known if one.post == OFFICER and one.path == wanted.room_path]
    elif wanted.audience == "chief" and wanted.station_path:
        near = [one for one in known if one.post == CHIEF and one.path == wanted.station_path]
    return near + (desk or leaders)


def named_in(text: str, candidates: Iterable[Candidate]) -> frozenset[str]:
    """Readers whom a text names: by the whole name, or by the surname with a title (王警官, 王所). They are left out;
    one too many costs nothing, since the bureau reads it.
    """
    plain = "".join(text.split())
    return frozenset(str(one.person_id) for one in candidates if _is_named(one.name, plain))


def _is_named(name: str, plain: str) -> bool:
    if len(name) < 2:
        return False
    if name in plain:
        return True
    surnames = {name[:1]} | ({name[:2]} if len(name) > 3 else set())
    called = {f"{surname}{title}" for surname in surnames for title in _TITLES}
    called |= {f"{before}{name[:1]}" for before in ("老", "小", "姓")} | {f"{name[:1]}姓"}
    return any(word in plain for word in called)


def check_passphrase(typed: str, again: str, *, not_in: Collection[str] = ()) -> str:
    """A passphrase that holds against somebody who tries at home: raises Invalid naming the field."""
    words = typed.strip()
    if words != again.strip():
        raise Invalid("tip.passphrase_other", field="again")
    simple = any(known and known.lower() in words.lower() for known in not_in)
    if len(words) < LEAST_SIGNS or len(set(words)) < _LEAST_DIFFERENT or simple:
        raise Invalid("tip.passphrase_short", least=LEAST_SIGNS, field="passphrase")
    return words


def proposed(drawn: bytes) -> str:
    """A passphrase of four times four signs (79 bits) out of at least 16 random bytes."""
    signs = [_DRAWN_SIGNS[byte % len(_DRAWN_SIGNS)] for byte in drawn[:16]]
    return "-".join("".join(signs[at : at + 4]) for at in range(0, 16, 4))


def enough(readers: Sequence[Candidate]) -> bool:
    """Whether a lost key loses nothing: at least two different people can read."""
    return len({one.person_id for one in readers}) >= 2
