"""What a recipient says: read, a part of it, all of it, with a remark and pictures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, NotAllowed, declare
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Offline, Variant, asked
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import take
from linli.matters.tasks.models import OPEN, RECEIPT, Receipt, ReceiptFile
from linli.works.files.models import StoredFile
from linli.works.files.rules import clean_name

declare("task.not_yours", zh="这项任务不是发给您的。", en="This task was not sent to you.")
declare("task.did", zh="完成数须在1至{most}之间。", en="Between 1 and {most} are done.")


def _own(actor: Actor, receipt: Receipt) -> None:
    if receipt.person_id != actor.id:
        raise NotAllowed("task.not_yours")


@act(
    "task.read",
    zh="知道了",
    en="read a task",
    about="receipt",
    offline=Offline(subject=Receipt, states=("sent",), to="read", icon="check", order=20),
)
def read_task(actor: Actor, *, receipt: Receipt, device_at: datetime | None = None) -> Receipt:
    """The read receipt: said by a person, never by a machine that shows it."""
    _own(actor, receipt)
    take(receipt, RECEIPT, "read", read_at=clock.now(), device_at=device_at)
    return receipt


_REMARK = asked("remark", "long_text", "说明", "remark", longest=400, personal=True)
_PHOTOS = asked("photos", "photo", "照片", "photos", most=6)


def answered_on_phone() -> tuple[Variant, ...]:
    """All of it, or of several things so many."""
    return (
        Variant("all", Words("完成", "done"), (_REMARK, _PHOTOS), when={"state": OPEN}, icon="circle-check"),
        Variant(
            "part",
            Words("报进度", "report a part"),
            (
                asked("did", "number", "已完成数量", "done so far", required=True, least=1),
                _REMARK,
                _PHOTOS,
            ),
            when={"state": OPEN, "kind": ("many",)},
            icon="checklist",
        ),
    )


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    did = given.values.get("did") if given.variant == "part" else None
    return {"did": int(did) if did else None, "remark": given.values.get("remark", "")}


@act(
    "task.report",
    zh="报任务完成",
    en="report a task",
    keeps=("did",),
    about="receipt",
    offline=Offline(
        subject=Receipt,
        prepare=_from_phone,
        variants=answered_on_phone,
        attach="task.attach_file",
        icon="circle-check",
        order=10,
    ),
)
def report_task(
    actor: Actor, *, receipt: Receipt, did: int | None = None, remark: str = "", device_at: datetime | None = None
) -> Receipt:
    """``did`` of the task's parts are done (None: all). Done in time and told late, because there was no line, is done
    in time. Raises Conflict when the task is over.
    """
    _own(actor, receipt)
    parts = receipt.tasking.parts
    done = parts if did is None else did
    if not 1 <= done <= parts:
        raise Invalid("task.did", most=parts, field="did")
    now = clock.now()
    in_time = device_at is not None and device_at <= receipt.tasking.ends_at
    move = "do" if done == parts else "part"
    if receipt.state == "ended" and in_time and move == "do":
        move = "do_late"
    columns: dict[str, Any] = {"did": done, "remark": remark.strip() or receipt.remark, "device_at": device_at}
    if move != "part":
        columns["done_at"] = now
    if receipt.read_at is None:
        columns["read_at"] = now
    take(receipt, RECEIPT, move, **columns)
    return receipt


def _file_from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    sent = given.values["file"]
    return {"file": sent.row, "title": given.values.get("title") or sent.name}


@act(
    "task.attach_file",
    zh="附任务照片",
    en="attach a file to a task's answer",
    keeps=("file",),
    offline=Offline(
        (
            asked("file", "file", "文件", "file", required=True),
            asked("title", "text", "名称", "name", longest=120),
        ),
        subject=Receipt,
        prepare=_file_from_phone,
        group="unseen",
        icon="paperclip",
        order=70,
    ),
)
def attach_to_receipt(
    actor: Actor, *, receipt: Receipt, file: StoredFile, title: str, row_id: Any = None
) -> ReceiptFile:
    """Hang a picture or recording on one's own answer."""
    _own(actor, receipt)
    return ReceiptFile.objects.create(
        id=row_id or new_id(), receipt=receipt, file=file, name=clean_name(title), at=clock.now()
    )
