"""Writing mode: a chat model's sentences, each shown only once the clauses it cites bear it out."""
