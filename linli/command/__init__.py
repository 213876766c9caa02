"""The fourth door: the ``linli`` console script."""
