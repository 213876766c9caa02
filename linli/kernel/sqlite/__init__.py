"""Django's SQLite back end with one fair write lock before ``BEGIN IMMEDIATE``, and a refusal to run on less than WAL
and FULL.
"""
