"""The field app's own TypeScript, run without a browser: each fault of the list, and each thing in it broken once."""

from __future__ import annotations

import json
import os
import subprocess

from tools.workshop import frontend
from tools.workshop.paths import FRONTEND

LEAST_TRIALS, LEAST_MUTANTS = 13, 34


def test_the_phones_own_code_bears_the_faults_and_every_mutant_is_seen() -> None:
    """``frontend/trials``: the modules as they are delivered, over a database in memory and a line that breaks."""
    env = {**os.environ, **frontend.packages()}
    asked = ["node", "trials/run.mjs"]
    ran = subprocess.run(asked, check=False, cwd=FRONTEND, env=env, capture_output=True, text=True, timeout=150)
    assert ran.stdout, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert (told["failed"], told["alive"]) == ({}, []), told
    assert ran.returncode == 0
    assert told["trials"] >= LEAST_TRIALS and told["mutants"] >= LEAST_MUTANTS, "a trial that is not run proves nothing"
