"""Files become documents: a reader a format, in a child process that can harm nobody."""
