"""Settings: ``base`` holds all, ``embedded`` is one machine on SQLite, ``production`` a server on PostgreSQL, ``test``
the suite.
"""
