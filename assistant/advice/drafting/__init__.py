"""Drafts from the documents: every sentence cited, or a marked gap that says what is missing."""
