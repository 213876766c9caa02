"""Acts on many matters at once, and workbooks of many: started, gone away from, looked at again."""
