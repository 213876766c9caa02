"""PDF: every page becomes a picture, and the pictures a new PDF. Scripts, forms, links, files inside, titles, authors
and dates stay behind; so does text that was only covered.
"""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image

from linli.works.cleaning.rules.told import Cleaned, broken, empty, huge

MOST_PAGES = 20
_LONGEST_PX = 1_800
_LARGEST_PT = 14_400
_DPI = 150


def from_pdf(body: bytes) -> Cleaned:
    """A PDF of pictures, at most 20 pages."""
    try:
        pages = _pages(body)
    except pypdfium2.PdfiumError as failed:
        raise broken() from failed
    if not pages:
        raise empty()
    out = io.BytesIO()
    # Nothing is said about it: Pillow would write the moment and a title.
    pages[0].save(
        out, "PDF", save_all=True, append_images=pages[1:], resolution=_DPI, title=None, creationDate=None, modDate=None
    )
    return Cleaned(out.getvalue(), "application/pdf", ".pdf")


def _pages(body: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(body)
    try:
        if len(document) > MOST_PAGES:
            raise huge()
        return [_picture(document[number]) for number in range(len(document))]
    finally:
        document.close()


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    if not 0 < max(width, height) <= _LARGEST_PT:
        raise huge()
    scale = min(_DPI / 72, _LONGEST_PX / max(width, height))
    drawn = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    sheet = Image.new("RGB", drawn.size, "white")
    sheet.paste(drawn)
    return sheet
