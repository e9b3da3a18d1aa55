"""People of one server: accounts, keys, sessions, what they did, and how they are forgotten."""
