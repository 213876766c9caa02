"""The machinery that has tables: timers and jobs, messages out, idempotency receipts, channels, workbooks."""
