"""Official files come from their pages onto the user's own machine."""
