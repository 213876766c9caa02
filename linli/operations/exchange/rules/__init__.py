"""An incident as peers are told of it, in our plain words and as a NENA EIDO. Pure."""
