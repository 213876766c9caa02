"""One operation of a phone becomes one ordinary act and one stored answer."""
