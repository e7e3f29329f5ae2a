"""What scores mean: odds that speech is of a voice, fitted and refitted."""
