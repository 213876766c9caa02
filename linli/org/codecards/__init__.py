"""Code cards: how who has no office computer signs in, with a printed card and a PIN, on one phone."""
