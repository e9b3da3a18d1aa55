"""Advice beyond an answer: mandates, comparisons, drafts, ecosystem reviews."""
