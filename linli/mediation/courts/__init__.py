"""Disputes that a court sends to mediation before the suit, and gets back with the paper (Q15)."""
