"""Where the promised minutes hold now, and what would restore them most cheaply."""
