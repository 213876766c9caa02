"""The tip itself: sealed words and files, the few envelopes that open them, answers, results, and forgetting."""
