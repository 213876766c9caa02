"""Who works here: the tree of forces and partners, rooms, people, the posts they hold, the roster and the rights."""
