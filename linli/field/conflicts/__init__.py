"""What two people changed at once, or what nobody may decide alone: shown side by side, settled by a person."""
