"""Signing: each signature holds the digest of the text it was given under; the last one required puts it in effect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.mediation.agreements.models import Agreement, FollowUp, Signature
from linli.mediation.agreements.queries import signers_of
from linli.mediation.agreements.rules import AGREEMENT_LIFE, ROLES, WAYS, still_to_sign
from linli.mediation.cases.acts.following import settle_matter
from linli.mediation.cases.acts.standing import standing_of
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.rules import LIFE
from linli.mediation.clocks.rules import clock_on, last_day
from linli.mediation.parties.models import Disputant
from linli.mediation.procedures.rules import procedure_of
from linli.mediation.schemes.queries import schemes
from linli.works.files.models import StoredFile


@act("agreement.sign", zh="协议签字", en="sign an agreement", keeps=("role", "way"), about="agreement")
def sign_agreement(
    actor: Actor,
    *,
    agreement: Agreement,
    role: str,
    way: str,
    digest: str,
    party: Disputant | None = None,
    file: StoredFile | None = None,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> Agreement:
    """One signature, drawn on the screen, photographed from paper, or a seal. ``digest`` is that of the text that was
    shown: another text is not signed. With the last signature that its procedure asks for it is in effect, and the
    periods begin. Raises Conflict when it is in effect already, Invalid for a signature that it does not ask for.
    """
    standing_of(actor, agreement.case)
    key = _key(role, way, party, file)
    _check_open(agreement, key, digest)
    row = Signature(
        id=row_id or new_id(),
        agreement=agreement,
        key=key,
        party=party,
        way=way,
        digest=digest,
        file=file,
        taken_by_id=actor.id,
        at=clock.now(),
        device_at=device_at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict("agreement.signed", who=_who(role, party)) from twice
    if agreement.state == "drafted":
        take(agreement, AGREEMENT_LIFE, "begin_signing")
    given = Signature.objects.filter(agreement=agreement).values_list("key", flat=True)
    if not still_to_sign(signers_of(agreement), given):
        put_in_effect(agreement)
    return agreement


def _key(role: str, way: str, party: Disputant | None, file: StoredFile | None) -> str:
    if role not in ROLES or way not in WAYS or (role == "party") != (party is not None):
        raise Invalid("fact.wrong", field="role", why=role[:12])
    if file is None:
        raise Invalid("agreement.no_proof", field="file")
    return f"party:{party.pk}" if party is not None else role


def _who(role: str, party: Disputant | None) -> str:
    return party.told("name") if party else ROLES[role].zh


def _check_open(agreement: Agreement, key: str, digest: str) -> None:
    """The row is locked: two who sign at once come one after the other, and one of them is the last."""
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    agreement.refresh_from_db()
    if agreement.state not in ("drafted", "signing"):
        raise Conflict("agreement.in_effect")
    if key not in signers_of(agreement):
        raise Invalid("agreement.not_signer", field="role")
    if digest != agreement.digest or not agreement.is_intact:
        raise Conflict("agreement.altered")


def put_in_effect(agreement: Agreement) -> None:
    """In effect from now on: the period for judicial confirmation begins, the case is agreed, the dispute is settled,
    and the looks of the colour's row are planned.
    """
    now = clock.now()
    day = clock.shanghai(now).date()
    values: dict[str, Any] = {"effective_at": now}
    if procedure_of(agreement.procedure).confirmable:
        period = clock_on("confirm", day)
        values |= {"confirm_by": last_day(period, day), "clock": period.cited}
    take(agreement, AGREEMENT_LIFE, "take_effect", **values)
    case = MediationCase.objects.get(pk=agreement.case_id)
    if case.state != "agreed":
        take(case, LIFE, "agree")
        settle_matter(case, f"达成{procedure_of(agreement.procedure).words.zh}协议")
        plan_follow_ups(case)


def plan_follow_ups(case: MediationCase) -> None:
    """The looks that the colour's row asks for, counted from today; a case without a colour gets one after a week."""
    table = schemes().get(case.scheme)
    days = table.row(case.colour).follow_up if table and case.colour else (7,)
    today = clock.today()
    FollowUp.objects.bulk_create(
        [FollowUp(case=case, due_on=today + timedelta(days=n)) for n in days], ignore_conflicts=True
    )
