"""What is sent in which shape, what an answer means, who signs how, and when a channel is left alone. Pure."""
