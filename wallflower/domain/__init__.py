"""Values, events and errors: what the stages say to each other. No I/O, no asyncio."""
