"""Pages for people: the desk, the phone, the chief's day, rooms, sign-in.

A door: it reads input, names the actor, calls acts."""
