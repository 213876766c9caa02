"""What the page of one case shows to who works in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment, Signature
from linli.mediation.agreements.queries import signers_of
from linli.mediation.agreements.rules import AGREEMENT_LIFE, CONFIRMATION, WAYS, still_to_sign
from linli.mediation.cases.models import CaseMember, ColourDecision, MediationCase
from linli.mediation.cases.queries import CaseSeen, face_of, near_disputes, people_to_name, signs_of
from linli.mediation.cases.rules import CAUSES, ENDINGS, LIFE, PARTS, ROUTES, SOURCES, TAKES_PART
from linli.mediation.clocks.rules import is_announced
from linli.mediation.courts.models import CourtCase
from linli.mediation.courts.rules import OUTCOMES, outcome_of
from linli.mediation.notices.queries import invited
from linli.mediation.panel.queries import experts_for
from linli.mediation.papers.queries import RIGHTS_READ, file_contents, papers_of
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import ADULT, CONSENT, SIDES
from linli.mediation.procedures.rules import PAPERS, PROCEDURES
from linli.mediation.schemes.queries import in_force, schemes
from linli.mediation.schemes.rules import Scheme, propose
from linli.mediation.sessions.models import MediationSession, PrivateNote
from linli.mediation.sessions.queries import JOINT_SERVICE, standing_records
from linli.mediation.sessions.rules import BREAKS, SESSION_LIFE
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS
from linli.org.rooms.models import Service
from linli.web.mediation import forms as f
from linli.web.registers import crumbs_under
from linli.web.templatetags.linli_web import say

Given = dict[str, forms.Form]


def joint_rooms() -> list[Agency]:
    """Rooms that offer mediation (W4)."""
    offering = Service.objects.filter(name__contains=JOINT_SERVICE).values("agency_id")
    return list(Agency.objects.at_work().filter(pk__in=offering).order_by("path"))


def mediation_of(actor: Actor, matter: Matter) -> dict[str, Any]:
    """What the page of a matter says of its mediation: the face for everybody, the way in for who works in it."""
    if matter.kind != "dispute":
        return {}
    own = MediationCase.objects.visible_to(actor).filter(matter=matter).first()
    face = face_of(actor, matter)
    may_begin = face is None and own is None and actor.holds(*TAKES_PART)
    return {"mediable": True, "mediation_face": face, "mediation_own": own, "mediation_may": may_begin}


def _colours(case: MediationCase) -> dict[str, Any]:
    table = in_force()
    proposal = propose(table, signs_of(case))
    own = schemes().get(case.scheme)
    return {
        "proposal": proposal,
        "now": _row_words(own, case.colour),
        "decisions": [
            {
                "row": one,
                "words": _row_words(schemes().get(one.scheme), one.colour),
                "reasons": [zh for zh, _en in one.reasons],
            }
            for one in ColourDecision.objects.filter(case=case).select_related("by")
        ],
        "choices": [(row.code, say(row.words)) for row in table.rows],
        "near": near_disputes(case.matter, case)[:10],
    }


def _row_words(table: Scheme | None, colour: str) -> Any:
    if table is None or not colour:
        return ""
    found = next((row for row in table.rows if row.code == colour), None)
    return found.words if found else colour


def _parties(case: MediationCase) -> list[dict[str, Any]]:
    today = clock.today()
    return [
        {
            "row": one,
            "side": SIDES[one.side],
            "name": one.told("name"),
            "phone": one.told("phone"),
            "guardian": one.told("guardian"),
            "agent": one.told("agent"),
            "child": one.age(today) < ADULT,
            "consent": CONSENT[one.consent],
        }
        for one in Disputant.objects.filter(case=case)
    ]


def _sessions(case: MediationCase) -> list[dict[str, Any]]:
    found = []
    for one in MediationSession.objects.filter(case=case).select_related("room"):
        records = standing_records(one)
        found.append(
            {
                "row": one,
                "state": SESSION_LIFE.state(one.state).words,
                "where": one.room.name if one.room else one.told("place"),
                "link": one.told("link"),
                "break": BREAKS.get(one.break_reason),
                "records": records,
                "last": records[-1].number if records else 0,
                "text": "\n\n".join(row.text for row in records),
                "invited": invited(one) if one.state == "planned" else [],
                "writes": one.state in ("running", "held", "broken_off"),
            }
        )
    return found


def _agreements(case: MediationCase) -> list[dict[str, Any]]:
    names = {f"party:{one.pk}": one.told("name") for one in Disputant.objects.filter(case=case)}
    found = []
    for one in Agreement.objects.filter(case=case):
        given = list(Signature.objects.filter(agreement=one))
        missing = still_to_sign(signers_of(one), [row.key for row in given])
        told = one.contents
        found.append(
            {
                "row": one,
                "told": told,
                "state": AGREEMENT_LIFE.state(one.state).words,
                "open": one.state in ("drafted", "signing"),
                "given": [
                    {"who": names.get(row.key) or f.role_words(row.key), "way": WAYS[row.way], "at": row.at}
                    for row in given
                ],
                "missing": [(key, names.get(key) or f.role_words(key)) for key in missing],
                "instalments": _instalments(one, told),
                "confirmation": CONFIRMATION[one.confirmation],
                "days_left": (one.confirm_by - clock.today()).days if one.confirm_by else None,
                "announced": is_announced(one.confirm_by) if one.confirm_by else True,
            }
        )
    return found


def _instalments(agreement: Agreement, told: dict[str, Any]) -> list[dict[str, Any]]:
    words = [what for _day, what, _side in told["instalments"]] or [told["manner"]]
    return [
        {"row": row, "what": words[row.place - 1], "late": row.done_on is None and row.due_on < clock.today()}
        for row in Instalment.objects.filter(agreement=agreement)
    ]


def _forms(case: MediationCase, colours: dict[str, Any]) -> Given:
    case_facts = {
        name: getattr(case, name)
        for name in ("version", "cause", "source", "amount_yuan", "households", "answer_by", "signs", "language")
    }
    return {
        "change": f.CaseForm(initial=case_facts),
        "grade": f.GradeForm(initial={"version": case.version, "colour": colours["proposal"].row.code}),
        "party": f.PartyForm(),
        "rights": f.RightsForm(),
        "consent": f.ConsentForm(),
        "accept": f.AcceptForm(),
        "member": f.MemberForm(),
        "session": f.SessionForm(),
        "record": f.RecordForm(),
        "note": f.NoteForm(),
        "agreement": f.AgreementForm(),
        "sign": f.SignForm(),
        "confirm": f.ConfirmForm(),
        "ruling": f.RulingForm(),
        "look": f.LookForm(),
        "paper": f.PaperForm(),
        "end": f.EndForm(),
        "crime": f.CrimeForm(),
        "court": f.CourtForm(),
        "longer": f.LongerForm(),
    }


def _offer(given: Given, case: MediationCase, colours: dict[str, Any]) -> None:
    people = [
        (str(post.person_id), f"{post.person.name} · {say(POSTS[post.code])} · {post.agency.name}")
        for post in people_to_name(case)
    ]
    rooms = [("", "—"), *((room.code, room.name) for room in joint_rooms())]
    for form, name, choices in (("grade", "colour", colours["choices"]), ("member", "person", people)):
        given[form].fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field
    given["session"].fields["room"].choices = rooms  # type: ignore[attr-defined]  # a choice field


def _beyond(case: MediationCase, seen: CaseSeen) -> dict[str, Any]:
    """The court that sent it, whom the panel offers, and whether the law knows another try."""
    court = CourtCase.objects.filter(case=case).first()
    offered, kept_out = experts_for(case) if seen.leads and not case.is_over else ([], 0)
    tries = len(PROCEDURES[case.procedure].clocks) if case.procedure else 0
    return {
        "court": court,
        "court_outcome": OUTCOMES.get(court.outcome) if court else None,
        "court_waits": court is not None and court.returned_on is None,
        "court_ready": bool(outcome_of(case.state, case.end_reason)),
        "experts": offered[:6],
        "kept_out": kept_out,
        "may_try": seen.leads and case.state == "mediating" and case.tries < tries,
    }


def shown(actor: Actor, seen: CaseSeen, bad: Given | None = None, *, row: str = "") -> dict[str, Any]:
    """The context of the page: everything of the case, and the forms that its state allows. ``bad`` are forms that were
    refused, with all that was typed.
    """
    case = seen.case
    colours = _colours(case)
    given = {**_forms(case, colours), **(bad or {})}
    _offer(given, case, colours)
    number = case.matter.number
    return {
        "case": case,
        "seen": seen,
        "matter": case.matter,
        "danger": case.matter.details.get("danger", ""),
        "state": LIFE.state(case.state).words,
        "over": case.is_over,
        "cause": CAUSES[case.cause],
        "source": SOURCES[case.source],
        "ending": ENDINGS.get(case.end_reason),
        "routes": list(ROUTES.values()) if case.state == "ended" else [],
        "procedure": PROCEDURES[case.procedure].words if case.procedure else "",
        "colours": colours,
        "parties": _parties(case),
        "members": [
            {"row": one, "part": PARTS[one.part], "mine": one.person_id == actor.id}
            for one in CaseMember.objects.now().filter(case=case).select_related("person").order_by("since")
        ],
        "sessions": _sessions(case),
        "notes": list(PrivateNote.objects.visible_to(actor).filter(case=case)),
        "agreements": _agreements(case),
        "looks": list(FollowUp.objects.filter(case=case).select_related("by")),
        "contents": file_contents(case),
        "papers": [(code, PAPERS[code]) for code in papers_of(case)],
        "rights_read": RIGHTS_READ,
        "forms": given,
        "bad": list(bad or {}),
        "typed": row,
        "grades": seen.member.part in ("lead", "mediator", "officer"),
        "kinds": TAKES_PART,
        "crumbs": crumbs_under("mediation", _("调解"), (number, "")),
        **_beyond(case, seen),
    }
