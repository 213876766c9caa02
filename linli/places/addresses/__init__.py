"""Our own address table: a half-heard address becomes a point, with how sure that is and why."""
