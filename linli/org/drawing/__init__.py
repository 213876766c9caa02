"""Drawing community officers away (警力抽调): asked, approved, limited, counted (W11)."""
