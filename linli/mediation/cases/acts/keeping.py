"""When the term of a dispute is over, its case goes with it: parties, records, agreements, notes, papers.

The term is that of the kind 纠纷 in the ledger, and a hold on the matter (保全) holds the case too.
"""

from __future__ import annotations

import uuid

from linli.kernel import news
from linli.matters.keeping.acts import MattersThinned
from linli.mediation.agreements.models import Agreement, Instalment, Signature
from linli.mediation.cases.models import MediationCase
from linli.mediation.papers.models import CasePaper
from linli.mediation.sessions.models import MediationSession
from linli.works.files.acts import let_go
from linli.works.outbox.models import Message

_SUBJECTS = ("mediation.case", "mediation.session")


@news.listen(MattersThinned)
def on_thinned(item: MattersThinned) -> None:
    """In the same transaction; of the case nothing is left, of the dispute what every figure needs."""
    cases = MediationCase.objects.filter(matter__in=item.keys)
    keys = list(cases.values_list("pk", flat=True))
    if not keys:
        return
    files = _files_of(keys)
    held = MediationSession.objects.filter(case__in=keys).values_list("pk", flat=True)
    subjects = [str(key) for key in (*keys, *held)]
    Message.objects.filter(subject_type__in=_SUBJECTS, subject_id__in=subjects).delete()
    # Each before what it hangs on: signatures protect their party, a supplement the agreement it supplements.
    Signature.objects.filter(agreement__case__in=keys).delete()
    Instalment.objects.filter(agreement__case__in=keys).delete()
    CasePaper.objects.filter(case__in=keys).delete()
    for number in sorted(set(Agreement.objects.filter(case__in=keys).values_list("number", flat=True)), reverse=True):
        Agreement.objects.filter(case__in=keys, number=number).delete()
    MediationCase.objects.filter(pk__in=keys).delete()
    let_go(files)


def _files_of(keys: list[uuid.UUID]) -> list[str]:
    signed = Signature.objects.filter(agreement__case__in=keys, file__isnull=False)
    proofs = Instalment.objects.filter(agreement__case__in=keys, proof__isnull=False)
    papers = CasePaper.objects.filter(case__in=keys)
    return sorted(
        {
            *(str(key) for key in signed.values_list("file_id", flat=True)),
            *(str(key) for key in proofs.values_list("proof_id", flat=True)),
            *(str(key) for key in papers.values_list("file_id", flat=True)),
        }
    )
