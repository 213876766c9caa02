"""Idempotency: the same request sent twice is done once and answered twice."""
