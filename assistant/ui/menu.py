"""What the header leads to, by role. A room that adds a page adds its line to MENU here.

An entry's `key` names its phrase (`ui-<key>` in any `.po` file); its `path` is the page's own,
inside the application and without a leading slash. `role` None: every reader sees it.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.people.roles import Role


@dataclass(frozen=True)
class Entry:
    """One line of the menu.

    Attributes:
        key: of its phrase, and the name pages give as the one they belong to.
        path: inside the application, relative to its root.
        roles: who sees it; empty: everyone. An admin sees everything.
    """

    key: str
    path: str
    roles: tuple[Role, ...] = ()


MENU: tuple[Entry, ...] = (
    Entry("advice", "pages/advice", (Role.STAFF,)),
    Entry("evaluate", "pages/evaluate", (Role.EVALUATOR,)),
    Entry("admin", "pages/admin", (Role.ADMIN,)),
)
"""After Ask and Library, which everybody has, and before the API's documentation."""

LIBRARY_MENU: tuple[Entry, ...] = (
    Entry("compare-editions", "pages/compare"),
    Entry("shelf-work", "pages/shelf", (Role.LIBRARIAN,)),
    Entry("search-test", "pages/search-test", (Role.LIBRARIAN, Role.EVALUATOR)),
)
"""Under Library."""


def seen_by(role: Role, entries: tuple[Entry, ...] = MENU) -> tuple[Entry, ...]:
    """The entries that a person with `role` is shown."""
    return tuple(e for e in entries if not e.roles or role in e.roles or role is Role.ADMIN)
