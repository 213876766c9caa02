"""How disputes are graded by colour: tables of places, one of them in force."""
