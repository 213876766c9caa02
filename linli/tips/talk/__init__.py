"""The tip itself: sealed words and files, the few envelopes that open them, answers, what came of it, and forgetting."""
