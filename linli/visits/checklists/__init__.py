"""What an inspection looks at, item by item with the article it rests on, in dated versions (domain A11)."""
