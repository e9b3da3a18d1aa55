"""Each version of the schema, oldest first."""
