"""Files that hang on a matter."""
