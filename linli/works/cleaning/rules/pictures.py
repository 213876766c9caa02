"""Pictures: decoded, turned upright, made smaller, drawn on a new sheet and written as a JPEG without a word beside
the pixels.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from linli.works.cleaning.rules.told import Cleaned, broken, huge

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2_560
_MOST_SIDE = 30_000
_QUALITY = 85


def from_picture(body: bytes, form: str) -> Cleaned:
    """A JPEG of at most 2560 pixels a side; of an animation the first frame."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return Cleaned(_drawn_anew(body, form), "image/jpeg", ".jpg")
    except MemoryError as failed:
        raise huge() from failed
    except (
        OSError,
        ValueError,
        SyntaxError,
        Warning,
        Image.DecompressionBombError,
        EOFError,
        IndexError,
        KeyError,
    ) as failed:
        raise broken() from failed
    except (TypeError, AttributeError, ZeroDivisionError, OverflowError, NotImplementedError, RuntimeError) as failed:
        # What decoders raise on nonsense is no promise of theirs.
        raise broken() from failed


def _drawn_anew(body: bytes, form: str) -> bytes:
    with Image.open(io.BytesIO(body), formats=[form]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS or max(width, height) > _MOST_SIDE:
            raise huge()
        turned = picture.getexif().get(0x0112, 1)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        flat = _on_white(picture)
    flat.getexif()[0x0112] = turned
    flat = ImageOps.exif_transpose(flat)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return as_jpeg(flat)


def _on_white(picture: Image.Image) -> Image.Image:
    """The pixels alone, on a new sheet: nothing that hung on the picture comes along."""
    rgba = picture.convert("RGBA") if "A" in picture.getbands() or "transparency" in picture.info else None
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(rgba or picture.convert("RGB"), mask=rgba)
    return sheet


def as_jpeg(picture: Image.Image) -> bytes:
    """Pixels as a JPEG, and nothing beside them."""
    out = io.BytesIO()
    sheet = Image.new("RGB", picture.size)
    sheet.paste(picture)
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
