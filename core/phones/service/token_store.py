"""The tokens of the phones' database, asked for each request: a revoked one is dead at once."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core.database.failures import StorageFailure
from core.phones.storage.explain import explain
from core.phones.storage.tokens import find_token, note_use
from core.web.tokens import StoredToken


class DatabaseTokens:
    """Implements `core.web.tokens.TokenStore`; `database` is asked each time."""

    def __init__(self, database: Callable[[], Path]) -> None:
        self._database = database

    async def find(self, digest: str) -> StoredToken | None:
        try:
            return await asyncio.to_thread(find_token, self._database(), digest)
        except StorageFailure as failure:
            raise explain(failure) from failure

    async def note_use(self, token: StoredToken, now: datetime) -> None:
        await asyncio.to_thread(note_use, self._database(), token.id, now)
