"""One file a format; each turns a file into Documents. `corpus.reading.read` picks the reader."""
