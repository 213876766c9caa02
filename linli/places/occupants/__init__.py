"""The actual population: who lives where since when, reports that wait for an officer, duplicates, retention."""
