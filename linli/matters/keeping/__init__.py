"""How long a matter says what it says: what is past the term of its kind is thinned, unless it is held by law."""
