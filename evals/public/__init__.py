"""Public benchmarks: what others measured, ours measured the same way, and what may be compared."""
