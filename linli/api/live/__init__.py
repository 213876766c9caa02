"""The live feed: sealed positions to open streams, without gap or duplicate, and the ASGI application around
everything.
"""
