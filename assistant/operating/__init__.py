"""What keeps a server in order: state, workers, backups, diagnosis, switches."""
