"""Documents come in: what exists, how it is fetched and read, what a document is made of."""
