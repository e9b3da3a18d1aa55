"""A version of the index is built beside the live one: passages, vectors, words."""
