"""Accounts: a name, a role, and a password or an identity at the OpenID provider."""

from __future__ import annotations

import re

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from assistant.people import passwords
from assistant.people.audit import SYSTEM, Action, write
from assistant.people.errors import (
    BadName,
    LastAdmin,
    NameTaken,
    SignInRefused,
    UnknownUser,
)
from assistant.people.person import Way
from assistant.people.roles import Role
from assistant.people.tables import sessions_table, users_table
from assistant.records.conversations import LOCAL, now
from corpus.database import make_tables, one_at_a_time, reading, storable
from corpus.documents import Frozen

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_RESERVED = re.compile(rf"{LOCAL}|{SYSTEM}|operator|(anonymous|person|role)(-.*)?", re.IGNORECASE)


class User(Frozen):
    """An account, without its secrets. Times are UTC, ISO 8601; `seen` is the last sign-in."""

    name: str
    display: str
    role: Role
    disabled: bool
    way: Way
    created: str
    seen: str | None


class Users:
    """The accounts of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        make_tables(engine)

    def any(self) -> bool:
        """Whether there is any account, disabled ones included."""
        with reading(self._engine) as connection:
            return connection.execute(select(users_table.c.name).limit(1)).first() is not None

    def all(self) -> list[User]:
        """Every account, by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(users_table).order_by(users_table.c.name)).mappings()
            return [_user(dict(row)) for row in rows]

    def get(self, name: str) -> User:
        """One account.

        Raises:
            UnknownUser: none has this name.
        """
        with reading(self._engine) as connection:
            return _user(_row(connection, name))

    def find(self, name: str) -> User | None:
        """One account, or None."""
        try:
            return self.get(name)
        except UnknownUser:
            return None

    def add(
        self, name: str, role: Role, *, by: str, display: str = "", password: str | None = None
    ) -> tuple[User, str]:
        """A new account, and its password, shown this once; generated when None.

        Raises:
            BadName: the name is not letters, digits, `_`, `.` or `-`, at most 64, or is reserved.
            BadPassword: the password is too easy.
            NameTaken: there is one of this name already.
        """
        check_name(name)
        chosen, digest = _chosen(name, password)
        with self._engine.begin() as connection:
            self._insert(connection, name, role, display, by, password=digest)
            return _user(_row(connection, name)), chosen

    def set_role(self, name: str, role: Role, *, by: str) -> User:
        """Give an account another role, from its next request on.

        Raises:
            UnknownUser: none has this name.
            LastAdmin: it is the only admin's.
        """
        with self._engine.begin() as connection:
            one_at_a_time(connection, "users")
            before = _user(_row(connection, name))
            if role is not before.role:
                if role is not Role.ADMIN:
                    keep_an_admin(connection, name)
                _change(connection, name, role=role.value)
                write(
                    connection,
                    by,
                    Action.ROLE_CHANGED,
                    person=name,
                    before=before.role.value,
                    after=role.value,
                )
            return _user(_row(connection, name))

    def set_disabled(self, name: str, disabled: bool, *, by: str) -> User:
        """Let an account in no more (its sessions end at once), or again.

        Raises:
            UnknownUser: none has this name.
            LastAdmin: it is the only admin's.
        """
        with self._engine.begin() as connection:
            one_at_a_time(connection, "users")
            before = _user(_row(connection, name))
            if disabled is not before.disabled:
                if disabled:
                    keep_an_admin(connection, name)
                    connection.execute(delete(sessions_table).where(sessions_table.c.owner == name))
                _change(connection, name, disabled=disabled)
                action = Action.USER_DISABLED if disabled else Action.USER_ENABLED
                write(connection, by, action, person=name)
            return _user(_row(connection, name))

    def set_password(self, name: str, password: str | None = None, *, by: str) -> str:
        """Set a password, or generate one when None; every session of the account ends.

        Returns the password. An account of the OpenID provider gets a password beside it.

        Raises:
            UnknownUser: none has this name.
            BadPassword: the password is too easy.
        """
        self.get(name)
        chosen, digest = _chosen(name, password)
        with self._engine.begin() as connection:
            _row(connection, name)
            _change(connection, name, password=digest)
            connection.execute(delete(sessions_table).where(sessions_table.c.owner == name))
            write(connection, by, Action.PASSWORD_SET, person=name, generated=password is None)
        return chosen

    def check(self, name: str, password: str) -> User:
        """The account that a name and password open. Takes as long whether the name exists or not.

        Raises:
            SignInRefused: they open none.
        """
        with reading(self._engine) as connection:
            row = (
                connection.execute(select(users_table).where(users_table.c.name == storable(name)))
                .mappings()
                .first()
            )
        right = passwords.matches(row["password"] if row else None, password)
        if row is None or not right or row["disabled"]:
            raise SignInRefused("Name and password do not match, or the account is disabled.")
        if passwords.outdated(row["password"]):
            with self._engine.begin() as connection:
                _change(connection, row["name"], password=passwords.hashed(password))
        return _user(dict(row))

    def of_provider(
        self, issuer: str, subject: str, wished: str, display: str, role: Role | None
    ) -> User:
        """The account of an identity at the OpenID provider, made on its first sign-in.

        Args:
            issuer: of the provider; with `subject` it is the identity, and nothing else is.
            subject: the provider's own id of the person.
            wished: a name to show; changed where it is taken, so nobody becomes another person.
            display: the person's name as people write it.
            role: what the provider says they may do; None keeps what they have, reader at first.

        Raises:
            SignInRefused: the account is disabled.
        """
        table = users_table
        with self._engine.begin() as connection:
            one_at_a_time(connection, "users")
            row = (
                connection.execute(
                    select(table).where(table.c.issuer == issuer, table.c.subject == subject)
                )
                .mappings()
                .first()
            )
            if row is None:
                name = _free(connection, wished)
                self._insert(
                    connection,
                    name,
                    role or Role.READER,
                    display,
                    SYSTEM,
                    issuer=issuer,
                    subject=subject,
                )
                return _user(_row(connection, name))
            if row["disabled"]:
                raise SignInRefused("This account is disabled. Ask an admin.")
            if role is not None and role is not Role.ADMIN and _only_admin(connection, row["name"]):
                role = None  # what the provider says must not leave the server without an admin
            if role is not None and role.value != row["role"]:
                _change(connection, row["name"], role=role.value)
                write(
                    connection,
                    SYSTEM,
                    Action.ROLE_CHANGED,
                    person=row["name"],
                    before=row["role"],
                    after=role.value,
                )
            return _user(_row(connection, row["name"]))

    @staticmethod
    def _insert(
        connection: Connection, name: str, role: Role, display: str, by: str, **own: str
    ) -> None:
        table = users_table
        one_at_a_time(connection, "users")
        taken = connection.execute(
            select(table.c.name).where(func.lower(table.c.name) == name.lower())
        ).first()
        if taken is not None:
            raise NameTaken(f"There is an account '{taken.name}' already.")
        connection.execute(
            insert(table).values(
                name=name,
                display=storable(display)[:200],
                role=role.value,
                disabled=False,
                created=now(),
                **own,
            )
        )
        way = Way.OIDC if "issuer" in own else Way.PASSWORD
        write(connection, by, Action.USER_ADDED, person=name, role=role.value, way=way.value)


def check_name(name: str) -> None:
    """Whether a person or key may have this name.

    Raises:
        BadName: it is not letters, digits, `_`, `.` or `-`, at most 64, or is reserved.
    """
    if not NAME.fullmatch(name):
        raise BadName("A name is letters, digits, '_', '.' or '-', at most 64.")
    if _RESERVED.fullmatch(name):
        raise BadName(f"The name '{name}' is the program's own. Choose another.")


def _chosen(name: str, password: str | None) -> tuple[str, str]:
    """The password given, or one generated when None; and its hash, which takes a while."""
    if password is None:
        password = passwords.generated()
    else:
        passwords.check_new(password, name)
    return password, passwords.hashed(password)


def _free(connection: Connection, wished: str) -> str:
    base = re.sub(r"[^A-Za-z0-9_.-]", "-", wished).strip("-._")[:50] or "member"
    if _RESERVED.fullmatch(base):
        base = f"member-{base}"
    names = connection.execute(select(func.lower(users_table.c.name))).scalars()
    taken = set(names)
    number = 1
    name = base
    while name.lower() in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _row(connection: Connection, name: str) -> dict[str, object]:
    row = (
        connection.execute(select(users_table).where(users_table.c.name == storable(name)))
        .mappings()
        .first()
    )
    if row is None:
        raise UnknownUser("There is no account of this name. `advisor users list` shows them.")
    return dict(row)


def _change(connection: Connection, name: str, **values: object) -> None:
    connection.execute(update(users_table).where(users_table.c.name == name).values(**values))


def keep_an_admin(connection: Connection, name: str) -> None:
    """Refuse what would leave the server without an admin: `name` is about to stop being one.

    Raises:
        LastAdmin: it is the only admin's.
    """
    table = users_table
    is_admin = (table.c.role == Role.ADMIN.value) & table.c.disabled.is_(False)
    admins = connection.execute(select(table.c.name).where(is_admin)).scalars().all()
    if admins == [name]:
        raise LastAdmin("This is the only admin. Make another one first.")


def _only_admin(connection: Connection, name: str) -> bool:
    try:
        keep_an_admin(connection, name)
    except LastAdmin:
        return True
    return False


def _user(row: dict[str, object]) -> User:
    way = Way.OIDC if row["issuer"] else Way.PASSWORD
    return User.model_validate(
        {k: row[k] for k in ("name", "display", "role", "disabled", "created", "seen")}
        | {"way": way}
    )
