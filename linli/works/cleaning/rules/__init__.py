"""What a file becomes before anybody keeps or opens it: pure; bytes in, other bytes out.

Nothing of the file that came is ever passed on: not a segment of a picture, not an object of a PDF, not a part of an
archive. What cannot be made anew is refused with a sentence.
"""

from __future__ import annotations

from linli.works.cleaning.rules.told import MOST_BYTES, TAKEN, Cleaned

__all__ = ["MOST_BYTES", "TAKEN", "Cleaned"]
# ``kinds.clean`` is not named here: only the process that does it loads the libraries of pictures and papers.
