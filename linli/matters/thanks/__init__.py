"""Thanks and reward to who gave a tip or reported something, without learning who it is (P8, W3)."""
