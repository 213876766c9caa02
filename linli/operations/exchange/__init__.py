"""What is said about an incident outside the house: receipts of orders, states to peers, tickets to partners."""
