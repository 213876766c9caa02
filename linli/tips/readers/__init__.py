"""Who may read anonymous tips: each reader's key pair, and who is left out of a tip."""
