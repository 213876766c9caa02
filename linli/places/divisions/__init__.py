"""Administrative divisions by their 12-digit statistical codes, with the dates on which one succeeds another."""
