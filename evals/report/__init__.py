"""Runs and benches as pages that open offline."""
