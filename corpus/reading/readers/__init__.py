"""One file a format; each turns a file into Documents. `corpus.reading.files.read` picks the
reader."""
