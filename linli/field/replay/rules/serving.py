"""One operation served from a book of what is known: the same steps over the tables and in the model that is tried with
thousands of schedules. Pure: whoever calls gives the book.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Protocol

from linli.field.replay.rules import meeting
from linli.field.replay.rules.answers import Answer
from linli.field.replay.rules.meeting import Known, Sent


class Book(Protocol):
    """What the serving asks and writes, in one transaction."""

    def known(self, sent: Sent) -> Known | None:
        """What is kept of this id of this author."""

    def settled(self, branch: uuid.UUID) -> int:
        """The last of a branch that has been worked on; 0 for none."""

    def repeated(self, sent: Sent) -> Answer:
        """The stored answer once more."""

    def hold(self, sent: Sent) -> Answer:
        """Keep it until the one before it is there."""

    def quarantine(self, sent: Sent) -> Answer:
        """Keep it for a person: it comes from a phone that was wiped."""

    def work(self, sent: Sent, *, late: bool) -> Answer:
        """Do it and keep its answer. ``late``: nobody is there to hear it."""

    def waits_at(self, branch: uuid.UUID, seq: int) -> Sent | None:
        """The operation of a branch that waits with this number."""


class Meets(Protocol):
    """The type of :func:`meeting.meets`."""

    def __call__(
        self, sent: Sent, *, sender: uuid.UUID, known: Known | None, settled: int, wiped: bool, now: datetime
    ) -> str: ...


def serve(
    book: Book, sent: Sent, *, sender: uuid.UUID, wiped: bool, now: datetime, meets: Meets = meeting.meets
) -> Answer:
    """The answer to one operation; what waited for it is done with it."""
    verdict = meets(
        sent, sender=sender, known=book.known(sent), settled=book.settled(sent.branch), wiped=wiped, now=now
    )
    if verdict == meeting.OTHER_AUTHOR:
        return Answer(str(sent.id), "retry", "field.other_author")
    if verdict == meeting.OTHER_CONTENT:
        return Answer(str(sent.id), "rejected", "field.same_id", record=sent.record)
    if verdict == meeting.REPEAT:
        return book.repeated(sent)
    if verdict == meeting.WAIT:
        return book.hold(sent)
    answer = book.quarantine(sent) if verdict == meeting.QUARANTINE else book.work(sent, late=False)
    release(book, sent.branch)
    return answer


def release(book: Book, branch: uuid.UUID) -> None:
    """Do what waited for the one just settled, and what waited for that."""
    while (waiting := book.waits_at(branch, book.settled(branch) + 1)) is not None:
        book.work(waiting, late=True)
