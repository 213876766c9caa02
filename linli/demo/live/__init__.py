"""The living demo: the server, the player that makes the county live through the HTTP doors, and the check."""
