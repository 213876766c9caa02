"""The suite: the database named by LINLI_DATABASE_URL, quick password hashing, everything else as in the field."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Before base: keys and files of a bare test run must never land in somebody's own home, nor stay behind.
if "LINLI_HOME" not in os.environ:
    os.environ["LINLI_HOME"] = tempfile.mkdtemp(prefix="linli-test-")
    atexit.register(shutil.rmtree, os.environ["LINLI_HOME"], ignore_errors=True)

from linli.settings.base import *  # noqa: F403  (Django settings are layered this way)
from linli.settings.base import DATABASES, LINLI_HOME

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LINLI_DEMO = True
LINLI_KEPT_S = 0.0
# A file is looked for when it is asked for: listing them all anew for each test's client costs more than the test.
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"] == "linli.kernel.sqlite":
    # A real file in WAL, never memory: durability and locking are part of what is tested.
    DATABASES["default"]["TEST"] = {"NAME": str(LINLI_HOME / "test.sqlite3")}
