"""Wallflower: a quiet listener for a house. Start with wallflower/README.md."""

__version__ = "0.1.0"
