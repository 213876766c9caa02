"""The parts behind `tools/*`: Debian packages, the Python environment, Node, the frontend, a throw-away PostgreSQL."""
