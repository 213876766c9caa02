"""People: the list, a card with its posts, taking on, changing, letting go, a lost second factor."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.org.people import acts
from linli.org.people.models import Account, Person
from linli.org.people.queries import has_second_factor
from linli.org.people.rules import SKILLS
from linli.org.posts.acts import appoint_person, end_post, give_post
from linli.org.posts.models import Post
from linli.org.posts.rules import NAMELESS, POSTS
from linli.web.context import ROOMS
from linli.web.filling import Crumb, DateInput, blame, carry_out, choices_of, done, show_form
from linli.web.visitor import actor_of, page

PAGE_ROWS = 60


def agencies_in_reach(actor: Actor, act: str) -> list[tuple[str, str]]:
    """Agencies at which the actor holds a right, as choices, indented as the tree."""
    rows = Agency.objects.visible_to(actor).at_work()
    return [
        (row.code, "　" * max(0, row.path.count("/") - 2) + row.name)
        for row in rows
        if holds_right(actor, act, row.path)
    ]


def agency_by_code(actor: Actor, code: str) -> Agency:
    """An agency at work; hidden and absent look the same (NotFound)."""
    found = Agency.objects.visible_to(actor).at_work().filter(code=code).first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


class CardForm(forms.Form):
    """What stands on a person's card."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("手机"), max_length=32, required=False)
    wecom_id = forms.CharField(label=gettext_lazy("企业微信账号"), max_length=64, required=False)
    skills = forms.MultipleChoiceField(label=gettext_lazy("技能"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offered = self.fields["skills"]
        if isinstance(offered, forms.MultipleChoiceField):
            offered.choices = choices_of(SKILLS)


class PostForm(forms.Form):
    """One post: where, as what, from which day."""

    agency = forms.ChoiceField(label=gettext_lazy("单位"))
    code = forms.ChoiceField(label=gettext_lazy("岗位"))
    since = forms.DateField(label=gettext_lazy("任职日期"), widget=DateInput())
    until = forms.DateField(label=gettext_lazy("免职日期"), widget=DateInput(), required=False)
    main = forms.BooleanField(label=gettext_lazy("主职"), required=False, initial=True)

    def __init__(self, data: Any = None, *, actor: Actor, agency: str = "") -> None:
        super().__init__(data, initial={"since": clock.today(), "agency": agency, "main": True})
        for name, choices in (
            ("agency", agencies_in_reach(actor, "post.give")),
            ("code", [pair for pair in choices_of(POSTS) if pair[0] not in {"intake_machine", *NAMELESS}]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "—"), *choices]


class NewPersonForm(CardForm):
    """A card with its first post."""

    staff_no = forms.CharField(label=gettext_lazy("工号"), max_length=24)
    agency = forms.ChoiceField(label=gettext_lazy("单位"))
    code = forms.ChoiceField(label=gettext_lazy("岗位"))
    since = forms.DateField(label=gettext_lazy("任职日期"), widget=DateInput())
    field_order = ("staff_no", "name", "agency", "code", "since", "phone", "wecom_id", "skills")

    def __init__(self, data: Any = None, *, actor: Actor, agency: str = "") -> None:
        super().__init__(data, initial={"since": clock.today(), "agency": agency})
        offered = PostForm(actor=actor).fields
        self.fields["agency"], self.fields["code"] = offered["agency"], offered["code"]
        self.order_fields(self.field_order)


class DayForm(forms.Form):
    """One day on which something ends."""

    on = forms.DateField(label=gettext_lazy("日期"), widget=DateInput())

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"on": clock.today()})


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [(_("组织"), reverse("organisation")), (_("人员"), reverse("people")), *more]


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """Everybody in reach with the posts held now."""
    actor = actor_of(request)
    words, agency, left = (request.GET.get(name, "").strip()[:60] for name in ("q", "agency", "left"))
    rows = Person.objects.visible_to(actor).filter(left_on__isnull=not left)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(staff_no__icontains=words))
    if agency:
        rows = rows.filter(posts__agency__code=agency, posts__until__isnull=True)
    number = max(1, int(request.GET.get("page", "1") or 1)) if request.GET.get("page", "1").isdigit() else 1
    found = rows.distinct().order_by("name", "staff_no")
    shown = list(found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS + 1])
    onward = request.GET.copy()
    links = {}
    for name, wanted, there in (("previous", number - 1, number > 1), ("next", number + 1, len(shown) > PAGE_ROWS)):
        onward["page"] = str(wanted)
        links[name] = f"?{onward.urlencode()}" if there else ""
    context = {
        "rows": [{"person": person, "posts": _posts_now(person)} for person in shown[:PAGE_ROWS]],
        "count": found.count(),
        "chosen": {"q": words, "agency": agency, "left": left},
        "agencies": [
            (row.code, row.name) for row in Agency.objects.visible_to(actor).at_work() if actor.reaches(row.path)
        ],
        "may_take_on": any(holds_right(actor, "post.appoint", path) for path in actor.paths),
        **links,
    }
    return render(request, "web/people.html", context)


def _posts_now(person: Person) -> list[dict[str, Any]]:
    held = Post.objects.filter(person=person).held_on(clock.today()).select_related("agency").order_by("-main", "since")
    return [{"agency": post.agency, "words": POSTS.get(post.code, Words(post.code, post.code))} for post in held]


def _person(actor: Actor, staff_no: str) -> Person:
    found = Person.objects.visible_to(actor).filter(staff_no=staff_no).first()
    if found is None:
        raise NotFound("row.unknown", what=staff_no)
    return found


@never_cache
@require_GET
@page(*ROOMS)
def person(request: HttpRequest, staff_no: str) -> HttpResponse:
    """One card: posts with their dates, the account, what may be done."""
    actor = actor_of(request)
    found = _person(actor, staff_no)
    path = acts.home_of(found)
    account = Account.objects.filter(person=found).first()
    posts = Post.objects.filter(person=found).select_related("agency").order_by("-since")
    today = clock.today()
    context = {
        "person": found,
        "has_phone": bool(found.phone_sealed),
        "skills": [SKILLS[code] for code in found.skills if code in SKILLS],
        "posts": [
            {
                "row": post,
                "words": POSTS.get(post.code, Words(post.code, post.code)),
                "held": post.since <= today and (post.until is None or post.until > today),
                "may_end": post.until is None and holds_right(actor, "post.end", post.agency.path),
            }
            for post in posts
        ],
        "account": account,
        "has_factor": account is not None and has_second_factor(account),
        "may": {
            name: found.left_on is None and holds_right(actor, act, path)
            for name, act in (
                ("change", "person.change"),
                ("let_go", "person.let_go"),
                ("test", "reach.test"),
                ("give", "post.give"),
                ("reset", "account.reset_factor"),
            )
        },
        "crumbs": _crumbs((found.name, "")),
    }
    return render(request, "web/person.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def take_on(request: HttpRequest) -> HttpResponse:
    """A new person with the first post."""
    actor = actor_of(request)
    form = NewPersonForm(request.POST or None, actor=actor, agency=request.GET.get("agency", ""))

    def deed(given: dict[str, Any]) -> Person:
        return appoint_person(actor, **{**given, "agency": agency_by_code(actor, given["agency"])})

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("%(name)s已登记。") % {"name": made.name})
        return redirect("person", staff_no=made.staff_no)
    return show_form(
        request,
        form,
        title=_("登记人员"),
        submit=_("登记"),
        back=reverse("people"),
        crumbs=_crumbs((_("登记人员"), "")),
        wide=("skills",),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def change(request: HttpRequest, staff_no: str) -> HttpResponse:
    """Change a card. The number itself is never shown: a new one replaces it."""
    actor = actor_of(request)
    found = _person(actor, staff_no)
    initial = {"name": found.name, "wecom_id": found.wecom_id, "skills": found.skills}
    form = CardForm(request.POST or None, initial=initial)
    form.fields["phone"].help_text = _("已登记的号码不显示；留空表示不改。")
    form.fields["wecom_id"].help_text = _("留空表示不改。")
    if carry_out(form, lambda given: acts.change_person(actor, person=found, **given)) is not None:
        done(request, _("已保存。"))
        return redirect("person", staff_no=staff_no)
    return show_form(
        request,
        form,
        title=_("变更人员"),
        submit=_("保存"),
        back=reverse("person", args=[staff_no]),
        crumbs=_crumbs((found.name, reverse("person", args=[staff_no])), (_("变更人员"), "")),
        wide=("skills",),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def let_go(request: HttpRequest, staff_no: str) -> HttpResponse:
    """End all posts and close the account."""
    actor = actor_of(request)
    found = _person(actor, staff_no)
    form = DayForm(request.POST or None)
    if carry_out(form, lambda given: acts.let_go_person(actor, person=found, on=given["on"])) is not None:
        done(request, _("%(name)s已离岗，账号已关闭。") % {"name": found.name})
        return redirect("people")
    return show_form(
        request,
        form,
        title=_("人员离岗"),
        submit=_("离岗"),
        back=reverse("person", args=[staff_no]),
        crumbs=_crumbs((found.name, reverse("person", args=[staff_no])), (_("人员离岗"), "")),
        note=_("所有岗位自该日起结束，账号和令牌立即失效；办过的事都保留。"),
        danger=True,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def give(request: HttpRequest, staff_no: str) -> HttpResponse:
    """One more post for a person."""
    actor = actor_of(request)
    found = _person(actor, staff_no)
    form = PostForm(request.POST or None, actor=actor)

    def deed(given: dict[str, Any]) -> Post:
        return give_post(actor, person=found, **{**given, "agency": agency_by_code(actor, given["agency"])})

    if carry_out(form, deed) is not None:
        done(request, _("已任命。"))
        return redirect("person", staff_no=staff_no)
    return show_form(
        request,
        form,
        title=_("任命"),
        submit=_("任命"),
        back=reverse("person", args=[staff_no]),
        crumbs=_crumbs((found.name, reverse("person", args=[staff_no])), (_("任命"), "")),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def end(request: HttpRequest, staff_no: str, post: uuid.UUID) -> HttpResponse:
    """End one post from a day on."""
    actor = actor_of(request)
    found = _person(actor, staff_no)
    row = Post.objects.filter(person=found, pk=post, until__isnull=True).select_related("agency").first()
    if row is None:
        raise NotFound("row.unknown", what=str(post))
    form = DayForm(request.POST or None)
    if carry_out(form, lambda given: end_post(actor, post=row, on=given["on"])) is not None:
        done(request, _("已免职。"))
        return redirect("person", staff_no=staff_no)
    words = POSTS.get(row.code, Words(row.code, row.code))
    return show_form(
        request,
        form,
        title=_("免职"),
        submit=_("免职"),
        back=reverse("person", args=[staff_no]),
        crumbs=_crumbs((found.name, reverse("person", args=[staff_no])), (_("免职"), "")),
        note=Words(f"{row.agency.name} · {words.zh}", f"{row.agency.name} · {words.en}"),
        danger=True,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def reset_factor(request: HttpRequest, staff_no: str) -> HttpResponse:
    """Somebody has lost telephone and key: new ones are set up at the next sign-in."""
    actor = actor_of(request)
    found = _person(actor, staff_no)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            acts.reset_second_factor(actor, person=found)
        except Refusal as refusal:
            form.is_valid()
            blame(form, refusal)
        else:
            done(request, _("已重置。%(name)s下次用密码登录时须重新设置。") % {"name": found.name})
            return redirect("person", staff_no=staff_no)
    return show_form(
        request,
        form,
        title=_("重置第二重验证"),
        submit=_("重置"),
        back=reverse("person", args=[staff_no]),
        crumbs=_crumbs((found.name, reverse("person", args=[staff_no])), (_("重置第二重验证"), "")),
        note=_("通行密钥、动态码和恢复码全部作废。请先当面或按已知号码核实是本人。"),
        danger=True,
    )
