"""`app.py tokens`, and where tokens are kept."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.connect import make_database, open_writer
from core.phones.storage.tokens import PhonesTokens, find_token, note_use
from core.web.tokens import digest
from tests.phones.cli.conftest import Installation, install  # noqa: F401 - a fixture

Install = Callable[..., Installation]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "phones.db"
    make_database(path)
    return path


def test_made_shown_once_listed_and_revoked(install: Install) -> None:  # noqa: F811
    home = install(LOG_LEVEL="DEBUG")
    made = home.run("tokens", "create", "--scope", "read", "--scope", "control",
                    "--description", "hub")  # fmt: skip
    assert made.returncode == 0
    token = made.stdout.strip()
    assert len(token) == 32
    assert "token 1" in made.stderr
    (listed,) = json.loads(home.run("tokens", "list", "--json").stdout)
    assert listed["scopes"] == ["read", "control"]
    assert listed["description"] == "hub"
    assert listed["last_used_at"] is None
    shown = home.run("tokens", "list").stdout
    assert "hub" in shown
    assert token not in shown + home.log
    assert token.encode() not in b"".join(path.read_bytes() for path in home.home.rglob("*.db*"))
    assert find_token(home.database, digest(token)) is not None
    assert home.run("tokens", "revoke", "1").returncode == 0
    assert find_token(home.database, digest(token)) is None
    again = home.run("tokens", "revoke", "1")
    assert again.returncode == 2
    assert "no token 1" in again.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--scope"),
        (["--scope", "everything"], "invalid choice"),
        (["--scope", "read", "--expires", "tomorrow"], "a day such as"),
        (["--scope", "read", "--expires", "2020-01-01"], "that day is over"),
        (["--scope", "read", "--description", "a\nb"], "a line"),
    ],
)
def test_wrong_options_are_named(install: Install, options: list[str], words: str) -> None:  # noqa: F811
    done = install().run("tokens", "create", *options)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_number_is_never_given_again(database: Path) -> None:
    tokens = PhonesTokens(database)
    first = tokens.add("a", "", ("read",), None)
    tokens.revoke(first)
    assert tokens.add("b", "", ("read",), None) == first + 1


def test_expiry_and_use_are_kept(database: Path) -> None:
    tokens, now = PhonesTokens(database), datetime(2026, 11, 27, 12, tzinfo=UTC)
    number = tokens.add("a", "x", ("numbers",), now + timedelta(days=1))
    note_use(database, number, now)
    (kept,) = tokens.all()
    assert (kept.expires_at, kept.last_used_at) == (now + timedelta(days=1), now)
    found = find_token(database, "a")
    assert found is not None
    assert found.scopes == {"numbers"}


def test_a_database_without_tokens_stays_as_it_is(database: Path) -> None:
    before = database.read_bytes()
    assert find_token(database, "a") is None
    assert PhonesTokens(database).all() == []
    assert database.read_bytes() == before
    assert find_token(database.with_name("other.db"), "a") is None


def test_tokens_are_made_and_used_while_a_run_writes(database: Path) -> None:
    """The writer holds the file for a moment at a time: neither side fails."""
    tokens = PhonesTokens(database)
    done = threading.Event()

    def write() -> None:
        with closing(open_writer(database)) as db:
            count = 0
            while not done.is_set():
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT OR REPLACE INTO meta VALUES ('x', ?)", (str(count),))
                db.execute("COMMIT")
                count += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for place in range(20):
            tokens.add(f"hash {place}", "", ("read",), None)
    finally:
        done.set()
        writer.join()
    assert len(tokens.all()) == 20


def test_a_file_that_is_locked_for_long_is_not_waited_for(database: Path) -> None:
    tokens = PhonesTokens(database)
    number = tokens.add("a", "", ("read",), None)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailure) as told:
            note_use(database, number, datetime.now(UTC))
        assert told.value.problem is StorageProblem.BUSY
        assert find_token(database, "a") is not None
