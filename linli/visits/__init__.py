"""Going to people: what is due, the week on foot, what was seen there. Care and contact cards stand beside it."""
