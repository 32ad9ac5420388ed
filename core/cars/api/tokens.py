"""Tokens of the API, kept by their hashes in `api_tokens`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from core.cars.api.answers import moment
from core.cars.api.offers_sql import Statement
from core.cars.api.reading import Reading
from core.cars.tables import api_tokens
from core.database.sql.failures import told
from core.database.sql.place import Place
from core.web.tokens import KnownToken, StoredToken, digest, new_token

LENGTH = 16  # letters and digits
FIRST_TOKENS = 20  # that `cars init` makes, once

_FIND = "SELECT id, description, expires_at, last_used_at FROM api_tokens WHERE token = ?"


class CarsTokens:
    """For the commands; implements `core.web.tokens.TokenBook`. Raises UserError."""

    def __init__(self, engine: Engine, place: Place) -> None:
        self._engine = engine
        self._place = place

    def add(
        self, hashed: str, description: str, scopes: Sequence[str], expires_at: datetime | None
    ) -> int:
        assert not scopes  # noqa: S101 - every token may the same here
        row = {
            "token": hashed,
            "created_at": datetime.now(UTC),
            "description": description,
            "expires_at": expires_at,
        }
        with told(self._place), self._engine.begin() as connection:
            made = connection.execute(insert(api_tokens).returning(api_tokens.c.id), row)
            return int(made.scalar_one())

    def all(self) -> list[KnownToken]:
        chosen = select(api_tokens).order_by(api_tokens.c.id)
        with told(self._place), self._engine.connect() as connection:
            return [_known(row) for row in connection.execute(chosen).mappings()]

    def revoke(self, number: int) -> bool:
        gone = delete(api_tokens).where(api_tokens.c.id == number)
        with told(self._place), self._engine.begin() as connection:
            return connection.execute(gone).rowcount > 0

    def make_first(self) -> list[str]:
        """The first tokens, shown this once; none where there are tokens already, or ever were."""
        with told(self._place), self._engine.begin() as connection:
            if connection.execute(select(func.count()).select_from(api_tokens)).scalar_one():
                return []
            tokens = [new_token(LENGTH) for _ in range(FIRST_TOKENS)]
            now = datetime.now(UTC)
            rows = [
                {"token": digest(token), "created_at": now, "description": ""} for token in tokens
            ]
            connection.execute(insert(api_tokens), rows)
            return tokens


def _known(row: Any) -> KnownToken:
    return KnownToken(
        id=row["id"],
        description=row["description"] or "",
        scopes=(),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )


class StoredTokens:
    """For the server; implements `core.web.tokens.TokenStore`. `writing` is used by threads."""

    def __init__(self, reading: Reading, writing: Engine) -> None:
        self._reading = reading
        self._writing = writing

    async def find(self, hashed: str) -> StoredToken | None:
        rows = await self._reading.rows(Statement(_FIND, [hashed]))
        if not rows:
            return None
        number, description, expires_at, last_used_at = rows[0]
        return StoredToken(
            number,
            description or "",
            expires_at=moment(expires_at) if expires_at else None,
            last_used_at=moment(last_used_at) if last_used_at else None,
        )

    async def note_use(self, token: StoredToken, now: datetime) -> None:
        await asyncio.to_thread(self._note, token.id, now)

    def _note(self, number: int, now: datetime) -> None:
        used = update(api_tokens).where(api_tokens.c.id == number).values(last_used_at=now)
        with self._writing.begin() as connection:
            connection.execute(used)
