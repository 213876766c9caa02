"""出动: a rostered team sent on a tip, and what it brought home (D4, P8, W3)."""
