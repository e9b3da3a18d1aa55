"""A question becomes a cited answer; the API, the chat and the command line."""
