"""The same incident reported twice, and other ties: suggested, made by a person, undone by one."""
