"""People's, public-order and administrative mediation and the word on the spot: kept apart."""
