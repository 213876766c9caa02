"""Firms, shops, schools, sites and rentals: places that people use, never the people in them."""
