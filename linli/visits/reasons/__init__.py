"""Why one goes to a door, how often, and on what ground: declared as data, changed by the bureau with a date."""
