"""Giving and ending posts."""

from __future__ import annotations

from datetime import date

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.people.acts import take_on_person
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.rules import NAMELESS, POSTS, overlaps

declare("post.unknown", zh="没有“{code}”这一岗位。", en="There is no post {code}.")
declare(
    "post.two_places",
    zh="{name}自{since}起已在{agency}任职，一人不能同时在两处任主职。",
    en="{name} already works at {agency} since {since}; nobody works in two places at once.",
)
declare(
    "post.nameless",
    zh="{post}不在人员里登记：先登记为志愿者，再从志愿者卡片发码卡。",
    en="Not here: enlist the volunteer first, then give the card from the volunteer's page.",
)
declare("post.ends_before", zh="免职日期不能早于任职日期{since}。", en="A post cannot end before it began ({since}).")


@act(
    "post.give",
    zh="任命",
    en="give a post",
    keeps=("code", "since", "until", "main"),
    within=lambda facts: facts["agency"].path,
)
def give_post(
    actor: Actor,
    *,
    person: Person,
    agency: Agency,
    code: str,
    since: date,
    until: date | None = None,
    main: bool = True,
) -> Post:
    """Let a person hold a function from a day on. A second main place at the same time is refused (Conflict)."""
    if code not in POSTS:
        raise Invalid("post.unknown", code=code, field="code")
    if until is not None and until < since:
        raise Invalid("post.ends_before", since=since, field="until")
    if main:
        for other in (
            Post.objects.filter(person=person, main=True).exclude(agency=agency, code=code).select_related("agency")
        ):
            if overlaps(since, until, other.since, other.until):
                raise Conflict(
                    "post.two_places", name=person.name, agency=other.agency.name, since=other.since, field="since"
                )
    same = Post.objects.filter(person=person, agency=agency, code=code, until__isnull=True).first()
    if same:
        return same
    return Post.objects.create(person=person, agency=agency, code=code, since=since, until=until, main=main)


@act(
    "post.end", zh="免职", en="end a post", keeps=("on",), about="post", within=lambda facts: facts["post"].agency.path
)
def end_post(actor: Actor, *, post: Post, on: date) -> Post:
    """End a post from a day on; what was done under it stays."""
    if on < post.since:
        raise Invalid("post.ends_before", since=post.since, field="on")
    post.until = on
    post.version += 1
    post.save(update_fields=["until", "version"])
    return post


@act(
    "post.appoint",
    zh="录用并任命",
    en="take a person on for a post",
    keeps=("staff_no", "code", "since"),
    within=lambda facts: facts["agency"].path,
)
def appoint_person(
    actor: Actor,
    *,
    staff_no: str,
    name: str,
    agency: Agency,
    code: str,
    since: date,
    phone: str = "",
    skills: list[str] | None = None,
    wecom_id: str = "",
) -> Person:
    """Make a person card and give its first post together: a card without a post would be nobody's to see."""
    if code in NAMELESS:
        raise Invalid("post.nameless", post=POSTS[code].zh, field="code")
    person = take_on_person(actor, staff_no=staff_no, name=name, phone=phone, skills=skills, wecom_id=wecom_id)
    give_post(actor, person=person, agency=agency, code=code, since=since)
    return person
