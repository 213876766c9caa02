"""Bringing a Word template, putting one in force, going back."""

from __future__ import annotations

from django.db.models import Max

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.mediation.templates.models import PaperTemplate
from linli.mediation.templates.queries import body_of, check_body
from linli.mediation.templates.rules import codes
from linli.works.files.acts import keep_file
from linli.works.files.rules import clean_name

_MOST_VERSIONS = 60


@act("paper_template.bring", zh="上传文书模板", en="bring a paper's template", keeps=("code",))
def bring_template(actor: Actor, *, code: str, body: bytes, title: str) -> PaperTemplate:
    """Keep a Word file as the next version of a paper's template. It prints nothing until it is put in force, so that a
    faulty one may be looked at and mended. Raises Invalid for an unknown paper, a file that is no Word file, or macros.
    """
    if code not in codes():
        raise Invalid("template.paper", paper=code[:32], field="code")
    name = clean_name(title)
    if not name.lower().endswith(".docx"):
        raise Invalid("file.type", name=name, field="file")
    check_body(code, body)
    kept = keep_file(actor, body=body, title=name)
    rows = PaperTemplate.objects.filter(code=code)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > _MOST_VERSIONS:
        raise Invalid("fact.wrong", field="file", why=str(number))
    return PaperTemplate.objects.create(
        code=code, number=number, title=name[:120], file=kept, at=clock.now(), by_name=actor.name
    )


@act("paper_template.use", zh="启用文书模板", en="put a paper's template in force", about="template")
def use_template(actor: Actor, *, template: PaperTemplate) -> PaperTemplate:
    """From now on the paper is printed by this version, whether it is new or a former one. Raises Invalid
    ``template.faulty`` with what is unknown or missing; then the one before stays in force.
    """
    found = check_body(template.code, body_of(template))
    if not found.good:
        raise Invalid("template.faulty", why=found.why)
    PaperTemplate.objects.filter(code=template.code, in_force=True).update(in_force=False)
    PaperTemplate.objects.filter(pk=template.pk).update(in_force=True, used_since=clock.now())
    template.refresh_from_db()
    return template


@act("paper_template.end", zh="停用文书模板", en="take a paper's template out of force", about="template")
def end_template(actor: Actor, *, template: PaperTemplate) -> PaperTemplate:
    """The paper is printed by the house's own again; the version stays and can be put in force once more."""
    PaperTemplate.objects.filter(pk=template.pk).update(in_force=False)
    template.refresh_from_db()
    return template
