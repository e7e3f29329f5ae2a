"""`wallflower bench`: the real thing, driven hard and measured."""
