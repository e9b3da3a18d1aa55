"""One index on many servers: shipped, fetched and switched to by all together."""
