"""Roads as plain arrays: read, ordered, checked, searched. Pure: no database, no clock, no HTTP."""
