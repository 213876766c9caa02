"""Taking people on, letting them go, and giving machines a key."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.org.people.models import Account, Person, Token

declare("person.staff_no_taken", zh="工号“{staff_no}”已被使用。", en="The staff number {staff_no} is taken.")
declare("person.name_empty", zh="请填写姓名。", en="Please give a name.")
declare("account.taken", zh="用户名“{username}”已被使用。", en="The user name {username} is taken.")


@act("person.take_on", zh="登记人员", en="take a person on", keeps=("staff_no",))
def take_on_person(
    actor: Actor, *, staff_no: str, name: str, phone: str = "", skills: list[str] | None = None, wecom_id: str = ""
) -> Person:
    """Make a person card. Raises Conflict when the staff number is taken."""
    if not name.strip():
        raise Invalid("person.name_empty", field="name")
    if Person.objects.filter(staff_no=staff_no).exists():
        raise Conflict("person.staff_no_taken", staff_no=staff_no)
    person = Person(staff_no=staff_no, name=name.strip(), skills=sorted(skills or []), wecom_id=wecom_id)
    person.set_phone(phone)
    person.save(force_insert=True)
    return person


@act("person.change", zh="变更人员", en="change a person", about="person")
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


@act("person.let_go", zh="人员离岗", en="let a person go", keeps=("on",), about="person")
def let_go_person(actor: Actor, *, person: Person, on: date) -> Person:
    """End all posts from a day on and close the account: rights end with the transaction."""
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
        raise Conflict("account.taken", username=username)
    account = Account(username=username, person=person, machine=machine, first_name=person.name if person else machine)
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()
    account.save()
    return account


@act("account.make_token", zh="签发令牌", en="make a token", keeps=("days",), about="account")
def make_token(actor: Actor, *, account: Account, days: int) -> str:
    """A bearer token valid for ``days``; shown once, only its digest is kept."""
    word = secrets.token_urlsafe(32)
    now = clock.now()
    Token.objects.create(account=account, digest=token_digest(word), expires_at=now + timedelta(days=days), made_at=now)
    return word


def token_digest(word: str) -> str:
    """SHA-256 in hex: the token itself has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(word.encode()).hexdigest()
