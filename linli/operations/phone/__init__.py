"""What a phone takes along of orders, and what it is asked for their steps."""
