"""The command `advisor`. Each group is one file; heavy imports happen inside commands."""

from assistant.cli.root import main

__all__ = ["main"]
