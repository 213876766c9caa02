"""The demo county: an invented county grown from a seed, loaded through the ordinary doors, and played live.

No name, telephone number, address or division code in it belongs to anybody: names are combined at random, the
division codes begin with 99 (assigned to nobody), the telephone numbers lie in the segment 154, which no carrier has.
"""
