"""Wallflower: a quiet listener for a house. Start with wallflower/README.md."""

__version__ = "0.1.0"

PROJECT_URL = "https://github.com/thewallflower/wallflower"
"""Where people find the code, the documentation and each other."""
