"""What is refused at the residents' door, in its words; and who comes in there."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import declare
from linli.kernel.scope import system

RESIDENT = system("resident")
"""Whoever has not signed in. Who it is, the house does not know."""
REPORTER = "reporter"

declare("public.unknown_form", zh="没有这种表单：{form}。", en="There is no form {form}.")
declare("public.empty", zh="请写几个字，说说是什么事。", en="Please say in a few words what it is about.")
declare(
    "public.too_long",
    zh="写了{sent}个字，最多{most}个字。请缩短，或直接到警务室说。",
    en="{sent} characters; at most {most}. Shorten it, or come to the police room.",
)
declare("public.phone", zh="请留一个能打通的电话，至少7位数字。", en="Please leave a telephone number that works.")
declare("public.readers", zh="请选择谁可以看。", en="Please choose who may read it.")
declare("public.sort", zh="请选择是哪一类。", en="Please choose what sort it is.")
declare("public.photos", zh="照片最多{most}张。", en="At most {most} photographs.")
declare("public.no_room", zh="请先选警务室。", en="Choose a police room first.")
declare("public.slot", zh="请选一个时段。", en="Please choose a time.")
declare("public.slot_taken", zh="这个时段刚被约走，请另选一个。", en="This time has just been taken; choose another.")
declare(
    "public.too_many",
    zh="这里一下子收到太多，您的这一份还没有收下。请{minutes}分钟后再按一次；着急就打警务室电话，有危险拨110。",
    en="Too much came in at once and yours is not taken yet. Press again in {minutes} min; in danger call 110.",
)
declare(
    "public.kept_from_room",
    zh="报告人要求不让村里和警务室的人看。请直接交给社区民警或派出所的民警。",
    en="The sender asked that the room does not read this; give it to an officer by name, or keep it at the station.",
)
declare("public.outside", zh="位置不在任何警格，已归{agency}。", en="In no grid; it goes to {agency}.")
declare("public.rated", zh="这件事已经评过了，谢谢。", en="An opinion on this was given already. Thank you.")
declare("public.not_settled", zh="事情还在办，办完再评。", en="It is still being dealt with.")
declare("public.opinion", zh="请选一项。", en="Please choose one.")
declare("public.only_hazards", zh="只有隐患可以公开。", en="Only hazards are made public.")
declare(
    "public.guesses", zh="试得太多，请{minutes}分钟后再试，或到警务室问。", en="Too many tries; again in {minutes} min."
)


@dataclass(frozen=True, slots=True)
class Contact:
    """How whoever sent it may be reached, if he wishes to be. ``sms``: a short message when there is an answer."""

    name: str = ""
    phone: str = ""
    sms: bool = False


NO_CONTACT = Contact()
