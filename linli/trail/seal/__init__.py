"""Order and hash chain, given after commit by one sealer, and the check that nothing was altered."""
