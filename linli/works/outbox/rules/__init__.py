"""What messages say, and what is done when one cannot be sent. Pure."""
