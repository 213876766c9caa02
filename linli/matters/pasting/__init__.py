"""What was said in a private chat group and is pasted back: read into lines, chosen, opened as a matter (Q5)."""
