"""A matter handed to, or shared with, another agency, with a return ticket."""
