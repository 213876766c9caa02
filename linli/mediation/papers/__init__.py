"""The papers of a case: which belong in the file, which are missing, how they are printed."""
