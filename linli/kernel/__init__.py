"""The grammar of the house: acts, workflows, errors, news, clock, ids, scope, registries, geometry and keys. No
tables.
"""
