"""Whose voice it was, once all was heard; and prints made anew from lines."""
