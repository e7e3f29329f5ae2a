"""Whose voice it is, as it is heard: windows, pieces, decisions, turns."""
