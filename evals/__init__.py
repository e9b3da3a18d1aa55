"""Suites, metrics, runs, comparisons, reports and public benchmarks over the assistant."""
