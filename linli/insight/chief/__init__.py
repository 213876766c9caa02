"""所长一本账: the lists of a station chief, each number with exactly its rows (F3)."""
