"""Files of a tip on their way: in memory only, made anew, never on the disk, their names not asked."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, QueryDict

from linli.kernel.errors import Invalid
from linli.tips.talk.rules import MOST_FILES
from linli.works.cleaning.acts import clean_apart
from linli.works.cleaning.rules import Cleaned

MOST_BYTES = 11_500_000
"""Of a whole form with its files; the bridge reads no more than 12 MB."""


class InMemory(MemoryFileUploadHandler):
    """Keeps what is sent in memory however large it is: Django's own would write it to a temporary file."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803  (Django names it so)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.activated = True


def in_memory(request: HttpRequest) -> None:
    """Let the files of this request stay in memory. To be called before anybody touches ``request.POST``."""
    request.upload_handlers = [InMemory(request)]


def posted(request: HttpRequest) -> QueryDict:
    """The fields of a form that was let in by :func:`in_memory`. Raises Invalid ``cleaning.huge`` before anything is
    read that is too long.
    """
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = MOST_BYTES + 1
    if length > MOST_BYTES:
        raise Invalid("cleaning.huge", most_mb=10, field="files")
    return request.POST


def made_anew(request: HttpRequest) -> list[Cleaned]:
    """The files of a form, each made anew in a process of its own. Raises Invalid at the field ``files``."""
    sent: list[Any] = [file for file in request.FILES.getlist("files") if file.size]
    if len(sent) > MOST_FILES:
        raise Invalid("tip.too_many_files", most=MOST_FILES, field="files")
    return [clean_apart(file.read()) for file in sent]
