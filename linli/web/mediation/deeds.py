"""What is done on a case's page: one form, one act each. A refusal comes back with all that was typed."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor
from linli.mediation.agreements import acts as agreements
from linli.mediation.agreements.queries import agreement_seen, instalment_seen, look_seen
from linli.mediation.cases import acts as cases
from linli.mediation.cases.queries import CaseSeen
from linli.mediation.courts import acts as courts
from linli.mediation.notices import acts as notices
from linli.mediation.papers.acts import add_paper
from linli.mediation.parties import acts as parties
from linli.mediation.parties.models import Disputant
from linli.mediation.sessions import acts as sessions
from linli.mediation.sessions.models import MediationSession
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.web.mediation import forms as f
from linli.works.files.acts import keep_file
from linli.works.files.models import StoredFile

M = TypeVar("M", bound=Model)
_DRAWN = "data:image/png;base64,"


@dataclass(frozen=True, slots=True)
class Asked:
    """One form of the page, valid, and the case it is about."""

    actor: Actor
    seen: CaseSeen
    form: Any
    request: HttpRequest

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.form.cleaned_data)

    def key(self, name: str) -> uuid.UUID:
        """The row that the form names."""
        try:
            return uuid.UUID(str(self.request.POST.get(name, "")))
        except ValueError as wrong:
            raise NotFound("row.unknown", what=name) from wrong

    def party(self) -> Disputant:
        """The party that the form names, of this case."""
        return of_case(self.seen, Disputant.objects.visible_to(self.actor), self.key("party"))

    def session(self) -> MediationSession:
        """The session that the form names, of this case."""
        return of_case(self.seen, MediationSession.objects.visible_to(self.actor), self.key("session"))


def of_case(seen: CaseSeen, rows: QuerySet[M], key: uuid.UUID) -> M:
    """One row of this case; raises NotFound."""
    found = rows.filter(case=seen.case, pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


Deed = Callable[[Asked], object]


def _grade(asked: Asked) -> object:
    return cases.grade_case(asked.actor, case=asked.seen.case, **asked.facts)


def _change(asked: Asked) -> object:
    version = asked.facts["version"] or 0
    return cases.change_case(asked.actor, case=asked.seen.case, version=version, facts=asked.form.facts())


def _party(asked: Asked) -> object:
    return parties.add_party(asked.actor, case=asked.seen.case, facts=asked.form.facts())


def _rights(asked: Asked) -> object:
    return parties.read_rights(asked.actor, party=asked.party(), way=asked.facts["way"])


def _consent(asked: Asked) -> object:
    return parties.note_consent(asked.actor, party=asked.party(), consent=asked.facts["consent"])


def _accept(asked: Asked) -> object:
    told = asked.facts
    bars = tuple(told["bars"])
    return cases.accept_case(asked.actor, case=asked.seen.case, procedure=told["procedure"], bars=bars)


def _person(key: str) -> Person:
    found = Person.objects.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=key)
    return found


def _member(asked: Asked) -> object:
    told = asked.facts
    person = _person(told["person"])
    return cases.name_member(asked.actor, case=asked.seen.case, person=person, part=told["part"])


def _release(asked: Asked) -> object:
    return cases.release_member(asked.actor, case=asked.seen.case, person=_person(str(asked.key("person"))))


def _session(asked: Asked) -> object:
    told = asked.facts
    room = Agency.objects.at_work().filter(code=told.pop("room")).first()
    return sessions.plan_session(asked.actor, case=asked.seen.case, room=room, **told)


def _session_move(asked: Asked) -> object:
    told = asked.facts
    return sessions.move_session(asked.actor, session=asked.session(), move=told["move"], reason=told["reason"])


def _record(asked: Asked) -> object:
    told = asked.facts
    return sessions.write_record(asked.actor, session=asked.session(), words=told["words"], upon=told["upon"] or 0)


def _note(asked: Asked) -> object:
    return sessions.keep_private_note(asked.actor, case=asked.seen.case, words=asked.facts["words"])


def _agreement(asked: Asked) -> object:
    return agreements.draft_agreement(asked.actor, case=asked.seen.case, facts=asked.form.told())


def _picture(asked: Asked) -> StoredFile | None:
    """The drawn signature, or the photographed paper."""
    drawn, sent = asked.facts["drawn"], asked.facts["file"]
    if sent is not None:
        return keep_file(asked.actor, body=sent.read(), title=sent.name)
    if not drawn.startswith(_DRAWN):
        return None
    try:
        body = base64.b64decode(drawn.removeprefix(_DRAWN), validate=True)
    except binascii.Error as wrong:
        raise Invalid("agreement.no_proof", field="file") from wrong
    return keep_file(asked.actor, body=body, title="signature.png")


def _sign(asked: Asked) -> object:
    role, _, party = asked.facts["key"].partition(":")
    return agreements.sign_agreement(
        asked.actor,
        agreement=agreement_seen(asked.actor, asked.key("agreement")),
        role=role,
        way=asked.facts["way"],
        digest=asked.facts["digest"],
        party=of_case(asked.seen, Disputant.objects.visible_to(asked.actor), uuid.UUID(party)) if party else None,
        file=_picture(asked),
    )


def _drop(asked: Asked) -> object:
    return agreements.drop_draft(asked.actor, agreement=agreement_seen(asked.actor, asked.key("agreement")))


def _perform(asked: Asked) -> object:
    return agreements.perform(asked.actor, instalment=instalment_seen(asked.actor, asked.key("instalment")))


def _fail(asked: Asked) -> object:
    return agreements.fail_agreement(asked.actor, agreement=agreement_seen(asked.actor, asked.key("agreement")))


def _confirm(asked: Asked) -> object:
    sides = ("a", "b") if asked.facts["jointly"] else ("a",)
    agreement = agreement_seen(asked.actor, asked.key("agreement"))
    return agreements.ask_confirmation(asked.actor, agreement=agreement, sides=sides)


def _ruling(asked: Asked) -> object:
    agreement = agreement_seen(asked.actor, asked.key("agreement"))
    return agreements.note_ruling(asked.actor, agreement=agreement, **asked.facts)


def _look(asked: Asked) -> object:
    told = asked.facts
    return agreements.follow_up(
        asked.actor, look=look_seen(asked.actor, told["look"]), holds=told["holds"], words=told["words"]
    )


def _paper(asked: Asked) -> object:
    told = asked.facts
    file = keep_file(asked.actor, body=told["file"].read(), title=told["file"].name)
    return add_paper(asked.actor, case=asked.seen.case, place=told["place"], file=file, title=told["title"])


def _end(asked: Asked) -> object:
    return cases.end_case(asked.actor, case=asked.seen.case, **asked.facts)


def _crime(asked: Asked) -> object:
    return cases.report_crime(asked.actor, case=asked.seen.case, what=asked.facts["what"])


def _close(asked: Asked) -> object:
    return cases.close_case(asked.actor, case=asked.seen.case)


def _invite(asked: Asked) -> object:
    return notices.invite(asked.actor, session=asked.session())


def _again(asked: Asked) -> object:
    return cases.try_again(asked.actor, case=asked.seen.case)


def _court(asked: Asked) -> object:
    return courts.take_over(asked.actor, case=asked.seen.case, **asked.facts)


def _longer(asked: Asked) -> object:
    sides = ("a", "b") if asked.facts["jointly"] else ("a",)
    return courts.prolong(asked.actor, case=asked.seen.case, sides=sides, due_on=asked.facts["due_on"])


def _to_court(asked: Asked) -> object:
    return courts.give_back(asked.actor, case=asked.seen.case)


DEEDS: dict[str, tuple[type[forms.Form], Deed]] = {
    "grade": (f.GradeForm, _grade),
    "change": (f.CaseForm, _change),
    "party": (f.PartyForm, _party),
    "rights": (f.RightsForm, _rights),
    "consent": (f.ConsentForm, _consent),
    "accept": (f.AcceptForm, _accept),
    "member": (f.MemberForm, _member),
    "release": (forms.Form, _release),
    "session": (f.SessionForm, _session),
    "session-move": (f.SessionMoveForm, _session_move),
    "record": (f.RecordForm, _record),
    "note": (f.NoteForm, _note),
    "agreement": (f.AgreementForm, _agreement),
    "sign": (f.SignForm, _sign),
    "drop": (forms.Form, _drop),
    "perform": (forms.Form, _perform),
    "fail": (forms.Form, _fail),
    "confirm": (f.ConfirmForm, _confirm),
    "ruling": (f.RulingForm, _ruling),
    "look": (f.LookForm, _look),
    "paper": (f.PaperForm, _paper),
    "end": (f.EndForm, _end),
    "crime": (f.CrimeForm, _crime),
    "close": (forms.Form, _close),
    "invite": (forms.Form, _invite),
    "again": (forms.Form, _again),
    "court": (f.CourtForm, _court),
    "longer": (f.LongerForm, _longer),
    "to-court": (forms.Form, _to_court),
}
"""Every form of the page by its name in the address."""
