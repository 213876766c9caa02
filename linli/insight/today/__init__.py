"""今日: what asks for an officer's day, in its order, and what is a post's own (F3, Q1)."""
