"""Every figure declared once: what it counts, what it leaves out, where it comes from."""
