"""Legal clocks: how long the law gives, by article, and how days are counted."""
