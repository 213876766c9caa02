"""What orders say of people goes with the matter that they belong to."""
