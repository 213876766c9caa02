"""Mediation's pages: the desk, one case and what is done to it, its papers, the calendar, the colour tables."""
