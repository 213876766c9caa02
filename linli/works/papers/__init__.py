"""Papers: what is printed or sent as Word or PDF, from templates that a bureau may replace by its own."""
