"""How an operation of a phone is met: the receipt, the order of a branch, merging, reading what was filled in. Pure."""
