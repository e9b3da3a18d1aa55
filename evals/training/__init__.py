"""What the program learns from data, each by one command: `advisor train ...`."""
