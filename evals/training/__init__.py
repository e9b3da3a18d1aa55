"""How the learned parts are made: data, encoder, judge; each by one `advisor train` command."""
