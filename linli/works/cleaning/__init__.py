"""Files from outside, made harmless: pictures are drawn anew, papers become pictures of pages, office papers text."""
