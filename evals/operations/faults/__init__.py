"""The fault run: what people see, what is lost and how it heals, with real processes."""
