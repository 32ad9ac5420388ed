"""Tokens of those who ask over HTTP, by their hashes, in a table of their own.

The table is made with the first token: a database that nobody serves stays as it is. Everything
here is over in a moment, and is done beside a run, which goes on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.connect import make_database, reading, writing_beside
from core.web.tokens import KnownToken, StoredToken

SCOPES = ("read", "control", "numbers")
"""What a token can be allowed: to look, to start and stop, to take the numbers themselves."""

USE_WAIT = 0.2  # seconds; a database that is busy for longer is not told of a token's use

_TABLE = """
CREATE TABLE IF NOT EXISTS api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,                 -- SHA-256 of the token, never the token
    description TEXT NOT NULL DEFAULT '',
    scopes TEXT NOT NULL,                       -- separated by blanks
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_at TEXT                           -- to the minute
)
"""
_EXISTS = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'api_tokens'"


class PhonesTokens:
    """The tokens of one database, for the commands; implements TokenBook.

    Raises StorageFailure.
    """

    def __init__(self, database: Path) -> None:
        self._database = database

    def add(
        self, hashed: str, description: str, scopes: Sequence[str], expires_at: datetime | None
    ) -> int:
        make_database(self._database)
        with writing_beside(self._database) as db:
            db.execute(_TABLE)
            made = db.execute(
                "INSERT INTO api_tokens (token, description, scopes, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (hashed, description, " ".join(scopes), _iso(datetime.now(UTC)), _iso(expires_at)),
            )
            return int(made.lastrowid or 0)

    def all(self) -> list[KnownToken]:
        if not self._database.exists():
            return []
        with reading(self._database) as db:
            if not db.execute(_EXISTS).fetchone():
                return []
            rows = db.execute(
                "SELECT id, description, scopes, created_at, expires_at, last_used_at"
                " FROM api_tokens ORDER BY id"
            ).fetchall()
        return [
            KnownToken(
                number,
                description,
                tuple(scopes.split()),
                datetime.fromisoformat(created),
                _moment(expires),
                _moment(used),
            )
            for number, description, scopes, created, expires, used in rows
        ]

    def revoke(self, number: int) -> bool:
        with writing_beside(self._database) as db:
            db.execute(_TABLE)
            return db.execute("DELETE FROM api_tokens WHERE id = ?", (number,)).rowcount > 0


def find_token(database: Path, hashed: str) -> StoredToken | None:
    """The token of this hash; None where there is none. Raises StorageFailure."""
    try:
        with reading(database) as db:
            if not db.execute(_EXISTS).fetchone():
                return None
            row = db.execute(
                "SELECT id, description, scopes, expires_at, last_used_at FROM api_tokens"
                " WHERE token = ?",
                (hashed,),
            ).fetchone()
    except StorageFailure as failure:
        if failure.problem is StorageProblem.MISSING:
            return None
        raise
    if row is None:
        return None
    number, description, scopes, expires, used = row
    return StoredToken(
        number, description, frozenset(scopes.split()), _moment(expires), _moment(used)
    )


def note_use(database: Path, number: int, now: datetime) -> None:
    """Keep when a token was used last. Raises StorageFailure."""
    with writing_beside(database, USE_WAIT) as db:
        db.execute("UPDATE api_tokens SET last_used_at = ? WHERE id = ?", (_iso(now), number))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
