"""Taking people on, letting them go, and giving machines a key."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from allauth.mfa.models import Authenticator

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.org.people.models import Account, Person, Token

declare("person.staff_no_taken", zh="工号“{staff_no}”已被使用。", en="The staff number {staff_no} is taken.")
declare("person.name_empty", zh="请填写姓名。", en="Please give a name.")
declare("person.left", zh="{name}已于{on}离岗。", en="{name} left on {on}.")
declare(
    "person.leaves_before", zh="离岗日期不能早于任职日期{since}。", en="Nobody leaves before the post began ({since})."
)
declare("account.none", zh="{name}没有账号。", en="{name} has no account.")
declare("account.taken", zh="用户名“{username}”已被使用。", en="The user name {username} is taken.")


@act("person.take_on", zh="登记人员", en="take a person on", keeps=("staff_no",))
def take_on_person(
    actor: Actor, *, staff_no: str, name: str, phone: str = "", skills: list[str] | None = None, wecom_id: str = ""
) -> Person:
    """Make a person card. Raises Conflict when the staff number is taken."""
    if not name.strip():
        raise Invalid("person.name_empty", field="name")
    if Person.objects.filter(staff_no=staff_no).exists():
        raise Conflict("person.staff_no_taken", staff_no=staff_no, field="staff_no")
    person = Person(staff_no=staff_no, name=name.strip(), skills=sorted(skills or []), wecom_id=wecom_id)
    person.set_phone(phone)
    person.save(force_insert=True)
    return person


@act(
    "person.change",
    zh="变更人员",
    en="change a person",
    about="person",
    within=lambda facts: home_of(facts["person"]),
)
def change_person(
    actor: Actor,
    *,
    person: Person,
    name: str = "",
    phone: str = "",
    skills: list[str] | None = None,
    wecom_id: str = "",
) -> Person:
    """Change a card; blank values leave what is there."""
    person.name = name.strip() or person.name
    person.wecom_id = wecom_id or person.wecom_id
    if skills is not None:
        person.skills = sorted(skills)
    if phone:
        person.set_phone(phone)
    person.version += 1
    person.save()
    return person


@act(
    "person.let_go",
    zh="人员离岗",
    en="let a person go",
    keeps=("on",),
    about="person",
    within=lambda facts: home_of(facts["person"]),
)
def let_go_person(actor: Actor, *, person: Person, on: date) -> Person:
    """End all posts from a day on and close the account: rights end with the transaction."""
    if person.left_on is not None:
        raise Conflict("person.left", name=person.name, on=person.left_on)
    late = person.posts.filter(until__isnull=True, since__gt=on).order_by("since").last()
    if late is not None:
        raise Invalid("person.leaves_before", since=late.since, field="on")
    person.posts.filter(until__isnull=True).update(until=on)
    Account.objects.filter(person=person).update(is_active=False)
    Token.objects.filter(account__person=person).delete()
    person.left_on = on
    person.version += 1
    person.save(update_fields=["left_on", "version"])
    return person


@act("account.open", zh="开通账号", en="open an account", keeps=("username", "machine"))
def open_account(
    actor: Actor, *, username: str, person: Person | None = None, password: str = "", machine: str = ""
) -> Account:
    """Give a person or a machine a way to sign in; without a password only tokens and passkeys work."""
    if Account.objects.filter(username=username).exists():
        raise Conflict("account.taken", username=username, field="username")
    account = Account(username=username, person=person, machine=machine, first_name=person.name if person else machine)
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()
    account.save()
    return account


@act(
    "account.reset_factor",
    zh="重置第二重验证",
    en="reset a second factor",
    about="person",
    within=lambda facts: home_of(facts["person"]),
)
def reset_second_factor(actor: Actor, *, person: Person) -> Person:
    """Take away passkeys, authenticator app and recovery codes of a person who has lost them: at the next sign-in by
    password new ones must be set up. Open sessions see only the setup from now on.
    """
    account = Account.objects.filter(person=person).first()
    if account is None:
        raise Conflict("account.none", name=person.name)
    Authenticator.objects.filter(user=account).delete()
    return person


@act("account.make_token", zh="签发令牌", en="make a token", keeps=("days",), about="account")
def make_token(actor: Actor, *, account: Account, days: int) -> str:
    """A bearer token valid for ``days``; shown once, only its digest is kept."""
    word = secrets.token_urlsafe(32)
    now = clock.now()
    Token.objects.create(account=account, digest=token_digest(word), expires_at=now + timedelta(days=days), made_at=now)
    return word


def home_of(person: Person) -> str | None:
    """The path at which the right over a person is asked for: where he works, else any post's of his; None for a card
    without a post.
    """
    held = person.posts.filter(until__isnull=True).order_by("-main", "since").select_related("agency").first()
    return held.agency.path if held else None


def token_digest(word: str) -> str:
    """SHA-256 in hex: the token itself has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(word.encode()).hexdigest()
