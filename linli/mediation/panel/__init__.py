"""The expert panel (智囊团, Q15): who knows what, in which languages, and who cannot for a conflict of interest."""
