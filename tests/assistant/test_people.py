"""Accounts, guessing, keys, sessions, audit and erasure, on both databases (P11, P12, P14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, String, Text, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from assistant.operating.switches import Face, Switches
from assistant.people import attempts, passwords
from assistant.people.audit import Action
from assistant.people.errors import (
    BadName,
    BadPassword,
    LastAdmin,
    LockedOut,
    NameTaken,
    SignInRefused,
    UnknownSession,
    UnknownUser,
)
from assistant.people.limits import Limits, TooManyRequests
from assistant.people.people import People
from assistant.people.person import Way
from assistant.people.personal import done_by, owned
from assistant.people.roles import Role
from assistant.people.tables import api_keys_table, sessions_table
from assistant.records.conversations import Store
from assistant.records.schema import declared
from assistant.records.sharing import Sharing
from assistant.records.tables import conversations_table
from corpus.database import make_tables, open_database, reading
from tests.assistant.test_stores import answer_of

HERE = "192.0.2.7"
WORDS = "four quiet harbour lanterns"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    declared()
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def people(engine: Engine) -> People:
    made = People(engine)
    made.users.add("root", Role.ADMIN, by="operator")
    return made


def test_p12_a_password_opens_its_account_and_is_kept_as_a_hash(
    people: People, engine: Engine
) -> None:
    user, given = people.users.add("anna", Role.STAFF, by="root", display="Anna A.")
    assert (user.role, user.way, user.disabled) == (Role.STAFF, Way.PASSWORD, False)
    assert len(given) >= 20
    session, token = people.sign_in("anna", given, HERE)
    held = people.sessions.holder(token)
    assert held is not None
    assert held.id == session.id
    for name, password in (("anna", given + "x"), ("nobody", given), ("ANNA\x00", given)):
        with pytest.raises(SignInRefused):
            people.sign_in(name, password, HERE)
    rows = everything(engine)
    assert "$argon2id$" in rows
    assert given not in rows
    assert token not in rows
    people.users.set_password("anna", WORDS, by="anna")
    assert people.sessions.holder(token) is None
    people.sign_in("anna", WORDS, HERE)
    people.users.set_disabled("anna", True, by="root")
    with pytest.raises(SignInRefused):
        people.sign_in("anna", WORDS, HERE)


@pytest.mark.parametrize("password", ["short", "a" * 30, "my name is anna", "x" * 300])
def test_p12_easy_passwords_are_refused(people: People, password: str) -> None:
    with pytest.raises(BadPassword):
        people.users.add("anna", Role.READER, by="root", password=password)
    assert people.users.find("anna") is None


def test_names_are_one_persons_and_the_last_admin_stays(people: People) -> None:
    with pytest.raises(NameTaken):
        people.users.add("ROOT", Role.READER, by="root")
    for name in ("local", "operator", "anonymous-1", "role:reader", "a b", "../x", "", "x" * 65):
        with pytest.raises(BadName):
            people.users.add(name, Role.READER, by="root")
    for change in (
        lambda: people.users.set_role("root", Role.STAFF, by="root"),
        lambda: people.users.set_disabled("root", True, by="root"),
        lambda: people.erase("root", by="root"),
    ):
        with pytest.raises(LastAdmin):
            change()
    people.users.add("second", Role.ADMIN, by="root")
    assert people.users.set_role("root", Role.STAFF, by="second").role is Role.STAFF
    with pytest.raises(UnknownUser):
        people.users.get("nobody")


def test_passwords_are_the_same_however_a_keyboard_composed_them() -> None:
    stored = passwords.hashed("café crème brûlée")
    assert passwords.matches(stored, "cafe\u0301 cre\u0300me bru\u0302le\u0301e")
    assert not passwords.matches(None, "café crème brûlée")
    assert not passwords.matches("not a hash", "café crème brûlée")


def test_p12_guessing_waits_longer_and_longer(people: People) -> None:
    tried = people.attempts
    moment = 1_000_000.0
    for _ in range(attempts.FREE_FOR_ACCOUNT):
        tried.begin("anna", HERE, moment)
    waits = []
    for _ in range(12):
        with pytest.raises(LockedOut) as caught:
            tried.begin("Anna", "192.0.2.8", moment)
        waits.append(caught.value.seconds)
        moment += caught.value.seconds + 0.1
        tried.begin("anna", "192.0.2.9", moment)
    assert waits == sorted(waits)
    assert waits[0] >= 1
    assert waits[-1] == pytest.approx(attempts.LONGEST_WAIT, abs=1)
    tried.begin("boris", "192.0.2.10", moment)  # nobody else waits
    tried.succeeded("anna", "192.0.2.9")
    tried.begin("anna", "192.0.2.11", moment)


def test_p12_a_clock_set_back_does_not_lock_anyone_out_for_days(people: People) -> None:
    tried, before = people.attempts, 1_000_000.0
    for _ in range(attempts.FREE_FOR_ACCOUNT):
        tried.begin("anna", HERE, before)
    with pytest.raises(LockedOut):
        tried.begin("anna", HERE, before - 30)  # less than clocks may differ: the wait stands
    tried.begin("anna", HERE, before - 86_400)
    with pytest.raises(LockedOut):
        tried.begin("anna", HERE, before - 86_400)  # failures still count


def test_p12_keys_are_shown_once_and_end(people: People, engine: Engine) -> None:
    people.users.add("anna", Role.STAFF, by="root")
    _, secret = people.keys.add("script", Role.ADMIN, by="root", owner="anna", days=30)
    assert secret not in everything(engine)
    holder = people.keys.holder(secret)
    assert holder is not None
    assert (holder.owner, holder.role) == ("anna", Role.STAFF)  # never more than the account
    assert people.keys.holder(secret + "x") is None
    people.users.set_disabled("anna", True, by="root")
    assert people.keys.holder(secret) is None
    people.users.set_disabled("anna", False, by="root")
    assert people.keys.holder(secret) is not None
    with engine.begin() as connection:
        connection.execute(update(api_keys_table).values(expires="2020-01-01T00:00:00.000+00:00"))
    assert people.keys.holder(secret) is None
    alone, other = people.keys.add("robot", Role.READER, by="root", days=None)
    assert people.keys.holder(other) is not None
    people.keys.revoke(alone.id, by="root")
    assert people.keys.holder(other) is None
    with pytest.raises(BadName):
        people.keys.add("anna", Role.READER, by="root")  # would be taken for her account


def test_sessions_end_by_time_and_by_hand(people: People, engine: Engine) -> None:
    session, token = people.sessions.open("anna", Way.PASSWORD, "anna")
    _, other = people.sessions.open("anna", Way.PASSWORD, "anna")
    with pytest.raises(UnknownSession):
        people.sessions.revoke(session.id, by="boris", owner="boris")
    people.sessions.revoke(session.id, by="anna", owner="anna")
    assert people.sessions.holder(token) is None
    assert people.sessions.holder(other) is not None
    for column in ("seen", "expires"):
        _, token = people.sessions.open("anna", Way.PASSWORD, "anna")
        with engine.begin() as connection:
            old = {column: "2020-01-01T00:00:00.000+00:00"}
            connection.execute(update(sessions_table).values(**old))
        assert people.sessions.holder(token) is None, column
    assert people.sessions.all() == []


def test_the_audit_is_only_ever_added_to(people: People, engine: Engine) -> None:
    people.audit.record("root", Action.UPLOADED, "pp-res-900@2030")
    (line,) = people.audit.lines(action="uploaded")
    assert (line.actor, line.subject) == ("root", "pp-res-900@2030")
    for statement in ("UPDATE audit SET subject = 'x'", "DELETE FROM audit"):
        with pytest.raises(DatabaseError), engine.begin() as connection:
            connection.execute(text(statement))
    assert people.audit.lines(action="uploaded") == [line]
    assert people.audit.lines(actor="root", before=line.number + 1)[0] == line


def test_p14_limits_of_a_person_and_of_a_role(people: People, engine: Engine) -> None:
    limits = Limits(engine, per_minute=2, at_once=0)
    people.users.add("anna", Role.STAFF, by="root")
    limits.set("role:staff", 4, 0, by="root")
    assert limits.of("anna").per_minute == 4
    assert limits.of("boris").per_minute == 2
    limits.set("anna", 1, 0, by="root")
    with limits.turn("anna"):
        pass
    with pytest.raises(TooManyRequests), limits.turn("anna"):
        pass
    limits.clear("anna", by="root")
    with limits.turn("anna"):
        pass
    for visitor in range(2):
        limits.set("role:anonymous", 2, 0, by="root")
        with limits.turn(f"anonymous-aaaa-{visitor}"):
            pass
    with pytest.raises(TooManyRequests), limits.turn("anonymous-aaaa-9"):
        pass  # another visitor of the same address
    with limits.turn("anonymous-bbbb-9"):
        pass


def test_erasing_a_person_leaves_nothing_of_them_in_any_table(
    people: People, engine: Engine
) -> None:
    make_tables(engine)
    name = "anna.secretname"
    _, given = people.users.add(name, Role.LIBRARIAN, by="root", display="Anna Secretname")
    people.keys.add("script", Role.READER, by=name, owner=name)
    people.sign_in(name, given, HERE)
    store = Store(engine)
    answer = answer_of()
    conversation = store.begin(name, "the words she typed").id
    store.add_turn(conversation, "the words she typed", answer, name)
    store.give_feedback(answer.id, False, comment="the words she typed", owner=name)
    Sharing(engine).share(conversation, name)
    people.inbox.handle(people.inbox.all()[0].number, "seen", by=name)
    Limits(engine, 1, 1).set(name, 5, 5, by="root")
    Switches(engine).throw(Face.WEB, True, name, "back again")
    filled = fill(engine, name)
    kept = store.begin("boris").id
    assert name in everything(engine)
    counts = people.erase(name, by="root")
    assert {"users", "sessions", "api_keys", "conversations", "turns", "feedback"} <= counts.keys()
    assert filled <= counts.keys()
    left = everything(engine)
    for trace in (name, "secretname", "Secretname", "the words she typed"):
        assert trace not in left, trace
    assert store.conversation(kept, "boris")
    erased = people.audit.lines(action="erased")[0]
    signed_in = people.audit.lines(action="signed-in")[0]
    assert erased.actor == "root"
    assert signed_in.actor == erased.subject
    assert signed_in.actor.startswith("person-")
    assert people.erase(name, by="root") == {}


def test_conversations_are_kept_as_long_as_the_operator_says(
    people: People, engine: Engine
) -> None:
    store = Store(engine)
    old, new = (store.begin("anna").id for _ in range(2))
    store.add_turn(old, "an old question", answer_of(), "anna")
    with engine.begin() as connection:
        at = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="milliseconds")
        table = conversations_table
        connection.execute(update(table).where(table.c.id == old).values(updated=at))
    assert people.keep_no_longer(0) == people.keep_no_longer(32) == 0
    assert people.keep_no_longer(30) == 1
    assert [held.id for held in store.conversations("anna")] == [new]
    assert "an old question" not in everything(engine)
    assert people.audit.lines()[0].actor == "system"


def test_every_table_says_whose_its_rows_are(engine: Engine) -> None:
    """A new table has an owner or a doer, hangs on one that has, or is known to be nobody's."""
    known = {table.name for table, _ in owned()} | {table.name for table, _ in done_by()}
    nobodys = {
        "sign_in_attempts", "sign_in_journeys", "server_secrets", "pseudonyms", "audit",
        "request_windows", "fetch_files", "fetch_outcomes",
        # What servers do among themselves.
        *(t.name for t in declared().sorted_tables if t.name.startswith(("replica", "index", "passage", "lease"))),
    }  # fmt: skip
    rest = {
        table.name
        for table in declared().sorted_tables
        if table.name not in known | nobodys
        and not any(c.referred_table.name in known for c in table.foreign_key_constraints)
    }
    assert not rest, rest


def fill(engine: Engine, name: str) -> set[str]:
    """A row of theirs in every other table that has an owner and nothing else it must refer to."""
    filled = set()
    with engine.begin() as connection:
        for table, column in owned():
            if table.foreign_key_constraints or table.name in ("users", "limits"):
                continue
            values = {
                c.key: 1 if not isinstance(c.type, String | Text) else "x"
                for c in table.columns
                if not c.nullable and not (c.primary_key and c.autoincrement is True)
            }
            boolean = {c.key: True for c in table.columns if c.type.python_type is bool}
            connection.execute(insert(table).values({**values, **boolean, column.key: name}))
            filled.add(table.name)
    return filled


def everything(engine: Engine) -> str:
    """Every value of every table, as text."""
    rows = []
    with reading(engine) as connection:
        for table in declared().sorted_tables:
            rows += [str(tuple(row)) for row in connection.execute(select(table))]
    return "\n".join(rows)
