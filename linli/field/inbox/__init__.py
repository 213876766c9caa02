"""Raw batches as they came, stored before anything is done with them; a short life."""
