"""Tables in: reading, mapping, checking cell by cell, writing in short steps, and a report that names every cell."""
