"""Linli (邻里): a police station's care in every neighbourhood. The house is described in ARCHITECTURE.md."""
