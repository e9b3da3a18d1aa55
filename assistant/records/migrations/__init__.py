"""Versions of the database's schema, one file each, applied in order."""
