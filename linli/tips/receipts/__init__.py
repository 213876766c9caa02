"""The receipt of sixteen digits: how it is made, shown and looked for, and how often it may be guessed."""
