"""Messages that leave the house: queued in the act's transaction, sent by the worker, with a receipt each."""
