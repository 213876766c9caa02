"""What happens when an order is not delivered, not signed, not moving or late."""
