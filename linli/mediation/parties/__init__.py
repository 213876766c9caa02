"""The parties to a dispute: sides, guardians, consent, rights read first."""
