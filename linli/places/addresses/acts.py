"""Importing addresses."""
