"""Importing people: a row is a person and one post; a person with two posts has two rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.enrolment.rules import Held, other_place
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.rules import POSTS
from linli.works.tables.acts import importer
from linli.works.tables.rules.columns import Column, Type
from linli.works.tables.rules.planning import Change, Faults, Importer, Record, Writes

_POSTS = {word: code for code, words in POSTS.items() for word in (code, words.zh, words.en)}
_CARD = ("name", "phone", "skills", "wecom_id", "left_on")
_POST = ("since", "until", "main")


@importer
class PeopleImporter(Importer):
    """Person cards by staff number, with posts by agency and function."""

    kind = "people"
    words = Words("人员", "people")
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "staff_no",
            Type.CODE,
            "工号",
            "staff number",
            required=True,
            key=True,
            aliases=("警号", "编号"),
            max_length=24,
        ),
        Column("name", Type.TEXT, "姓名", "name", required=True, max_length=60),
        Column("phone", Type.CODE, "电话", "phone", aliases=("手机", "手机号", "联系电话"), max_length=32),
        Column("skills", Type.LIST, "技能", "skills"),
        Column("wecom_id", Type.CODE, "企业微信", "WeCom id", max_length=64),
        Column("left_on", Type.DATE, "离岗日期", "left on"),
        Column("agency", Type.CODE, "单位代码", "agency", aliases=("agency_code", "单位")),
        Column("post", Type.TEXT, "岗位", "post", choices=_POSTS),
        Column("main", Type.BOOL, "主职", "main post"),
        Column("since", Type.DATE, "任职日期", "since"),
        Column("until", Type.DATE, "免职日期", "until"),
    )

    def __init__(self) -> None:
        self._agencies: dict[str, Agency] = {}
        self._people: dict[str, Person] = {}
        self._altered: set[str] = set()

    def key(self, values: Mapping[str, Any]) -> str:
        """Staff number, agency and post: without a post the row is only the card."""
        return f"{values['staff_no']}|{values.get('agency', '')}|{values.get('post', '')}"

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Give all rows of a person the same card, and refuse whoever would be in two places at once."""
        self._agencies = {row.code: row for row in Agency.objects.at_work()}
        self._people = {row.staff_no: row for row in _people({record.values["staff_no"] for record in records})}
        held = self._held()
        good = [r for r in records if self._posted(r, faults) and self._in_one_place(r, held, faults)]
        cards: dict[str, dict[str, Any]] = defaultdict(dict)
        for record in good:
            cards[record.values["staff_no"]] |= {n: record.values[n] for n in _CARD if n in record.values}
        for record in good:
            stored = self._people.get(record.values["staff_no"])
            record.values |= cards[record.values["staff_no"]]
            record.values.setdefault("name", stored.name if stored else None)
        return good

    def _held(self) -> dict[str, list[Held]]:
        held: dict[str, list[Held]] = defaultdict(list)
        for post in Post.objects.filter(main=True).select_related("agency", "person"):
            held[post.person.staff_no].append(Held(post.agency.code, post.code, post.since, post.until))
        return held

    def _posted(self, record: Record, faults: Faults) -> bool:
        values = record.values
        agency, post = values.get("agency"), values.get("post")
        if bool(agency) != bool(post):
            missing = "post" if agency else "agency"
            zh, en = "单位与岗位应同时填写", "agency and post go together"
            faults.reject(record, missing, "post.incomplete", zh=zh, en=en)
        elif agency and agency not in self._agencies:
            faults.reject(
                record,
                "agency",
                "agency.unknown",
                zh=f"没有单位{agency}",
                en=f"there is no agency {agency}",
                value=agency,
            )
        elif values.get("since") and values.get("until") and values["until"] < values["since"]:
            zh, en = "免职日期早于任职日期", "the post ends before it begins"
            faults.reject(record, "until", "dates.backwards", zh=zh, en=en, value=str(values["until"]))
        else:
            if "skills" in values:
                values["skills"] = tuple(sorted(values["skills"]))
            return True
        return False

    def _in_one_place(self, record: Record, held: dict[str, list[Held]], faults: Faults) -> bool:
        values = record.values
        if "agency" not in values or values.get("main") is False:
            return True
        posts = held[values["staff_no"]]
        same = next((p for p in posts if (p.agency, p.code) == (values["agency"], values["post"])), None)
        since = values.get("since") or (same.since if same else clock.today())
        new = Held(values["agency"], values["post"], since, values.get("until") or (same.until if same else None))
        other = other_place(new, posts)
        if other is None:
            posts[:] = [p for p in posts if p is not same] + [new]
            return True
        where = self._agencies[other.agency].name if other.agency in self._agencies else other.agency
        zh = f"自{other.since}起已在{where}任职，一人不能同时在两处任主职"
        en = f"already works at {where} since {other.since}: nobody works in two places at once"
        faults.reject(record, "agency", "post.two_places", zh=zh, en=en, value=values["agency"])
        return False

    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        staff = {key.split("|")[0] for key in keys}
        posts: dict[str, Post] = {}
        rows = Post.objects.filter(person__staff_no__in=staff).select_related("agency", "person").order_by("since")
        for post in rows:
            posts[f"{post.person.staff_no}|{post.agency.code}|{post.code}"] = post
        found: dict[str, dict[str, Any]] = {}
        for key in keys:
            staff_no, agency, code = key.split("|")
            person = self._people.get(staff_no)
            if person is None or (agency and key not in posts):
                continue
            found[key] = {"staff_no": staff_no, "agency": agency or None, "post": code or None, **_card(person)}
            if agency:
                found[key] |= {name: getattr(posts[key], name) for name in _POST} | {"post_row": posts[key]}
        return found

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Everybody with each post that is held or to come; whoever holds none with the card alone."""
        today = clock.today()
        for person in Person.objects.visible_to(actor).order_by("staff_no").prefetch_related("posts__agency"):
            held = [post for post in person.posts.all() if post.until is None or post.until > today]
            for post in held:
                dates = {name: getattr(post, name) for name in _POST}
                yield {
                    "staff_no": person.staff_no,
                    **_card(person),
                    "agency": post.agency.code,
                    "post": post.code,
                    **dates,
                }
            if not held:
                yield {"staff_no": person.staff_no, **_card(person)}

    def build(self, changes: Sequence[Change]) -> Writes:
        writes, posts = Writes(), []
        for change in changes:
            person = self._card_written(change, writes)
            if "agency" not in change.values:
                continue
            given = {name: change.changed[name] for name in _POST if name in change.changed}
            old: Post | None = change.current.get("post_row") if change.current else None
            if old is None:
                agency = self._agencies[change.values["agency"]]
                given.setdefault("since", clock.today())
                post = Post(person=person, agency=agency, code=change.values["post"], **given)
                posts.append(post)
            elif given:
                writes.change.append((old, {**given, "version": old.version + 1}))
        writes.create += posts
        return writes

    def _card_written(self, change: Change, writes: Writes) -> Person:
        """The person of a row, with his card made or altered once, whatever the number of his rows."""
        staff_no = change.values["staff_no"]
        card = {name: change.values[name] for name in _CARD if name in change.values}
        phone = card.pop("phone", "")
        if "skills" in card:
            card["skills"] = list(card["skills"])
        person = self._people.get(staff_no)
        if person is None:
            person = self._people[staff_no] = Person(id=new_id(), staff_no=staff_no, **card)
            person.set_phone(phone)
            writes.create.append(person)
        elif staff_no not in self._altered:
            fields = {name: value for name, value in card.items() if getattr(person, name) != value}
            if phone and phone != person.phone:
                fields["phone_sealed"] = _sealed(person, phone)
            if fields:
                writes.change.append((person, {**fields, "version": person.version + 1}))
        self._altered.add(staff_no)
        return person


def _card(person: Person) -> dict[str, Any]:
    values = {"name": person.name, "phone": person.phone, "skills": tuple(sorted(person.skills))}
    return {**values, "wecom_id": person.wecom_id, "left_on": person.left_on}


def _sealed(person: Person, phone: str) -> bytes:
    copy = Person(id=person.pk)
    copy.set_phone(phone)
    return bytes(copy.phone_sealed)


def _people(staff_numbers: set[str]) -> list[Person]:
    wanted = sorted(staff_numbers)
    return [
        row
        for start in range(0, len(wanted), 400)
        for row in Person.objects.filter(staff_no__in=wanted[start : start + 400])
    ]
