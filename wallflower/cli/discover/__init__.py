"""`wallflower discover`: who else is on the network."""
