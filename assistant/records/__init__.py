"""What is kept of conversations, in tables with versions."""
