"""The bureau's own Word templates of papers: tried, put in force, taken back."""
