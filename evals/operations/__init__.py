"""Real processes under load and under faults, and how large a deployment must be."""
