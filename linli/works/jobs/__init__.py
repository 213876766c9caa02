"""Timers and jobs in one lease table: on time, redelivered after kill -9, retried with patience, on both databases."""
