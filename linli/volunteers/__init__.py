"""Volunteers: who has offered help, of which kind, where and when (P14, Q12)."""
