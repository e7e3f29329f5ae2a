"""The servers: how each does, how many places it has for us, and which gets an utterance."""
