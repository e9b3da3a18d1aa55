"""The commands `advisor bench ...` and `advisor eval ...`, one file a group."""
