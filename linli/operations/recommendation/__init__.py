"""What the house says about a new call: who could go, why, and for declared categories an order without a tap."""
