"""`wallflower doctor`: is everything there that the house needs, and what to do if not."""
