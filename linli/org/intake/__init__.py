"""The organisation from tables: agencies, rooms with all they have, people with their posts."""
