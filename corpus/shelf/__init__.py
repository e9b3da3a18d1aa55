"""What is held: documents with their state and history, the catalogue, the starter corpus."""
