"""Warnings to residents (W9): written, approved by another, published as CAP 1.2, expired or cancelled."""
