"""Lines found again: what may be asked, and one page of the answer at a time."""
