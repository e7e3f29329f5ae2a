"""Speech recognition: one contract (`contract`), engines beside it."""
