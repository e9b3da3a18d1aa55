"""`make migration MESSAGE=...`: write a new version from the difference to the declared tables."""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine

from assistant.records.schema import MIGRATIONS, declared, settings_of_alembic


def main(message: str) -> None:
    """Write `versions/NNNN_message.py`; read it before it is committed."""
    if not message.strip():
        raise SystemExit('Say what changes: make migration MESSAGE="Reviews get a deadline"')
    declared()
    number = len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) + 1
    config = settings_of_alembic()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
