"""Files of phones: in pieces, named by what they contain, hung on their record when they are whole."""
