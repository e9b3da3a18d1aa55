"""Where learned weights come from."""
