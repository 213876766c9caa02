"""Which post may do which act; the reach of a right is the path where the post is held."""
