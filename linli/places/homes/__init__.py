"""Homes and firms on an address: who answers for them, told by whom, confirmed when; and the terms of reporting."""
