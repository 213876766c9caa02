"""Invitations and reminders of mediation: to parties by the channel they chose, to who works in a case by his own."""
