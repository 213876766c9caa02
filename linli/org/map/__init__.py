"""Stations and rooms on the map."""
