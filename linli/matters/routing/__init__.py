"""Which room and station a place belongs to, what a room may take."""
