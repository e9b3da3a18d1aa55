"""Documents become searchable: passages, embeddings in Chroma, a lexical index, search."""
