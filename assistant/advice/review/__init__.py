"""The ecosystem review: listen along seven pillars, let people judge, show where they disagree."""
