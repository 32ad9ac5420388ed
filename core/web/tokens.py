"""Tokens of those who ask: made once, shown once, known afterwards by their hashes only."""

import hashlib
import logging
import secrets
import string
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

log = logging.getLogger(__name__)

_ALPHABET = string.ascii_letters + string.digits
USED_EVERY = timedelta(minutes=1)
LONGEST_CACHE = 10.0  # seconds: a revoked token is dead by then


def new_token(length: int = 32) -> str:
    """Letters and digits from the system's randomness; 16 of them are 95 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def digest(token: str) -> str:
    """What is stored of a token. A token is random, so nobody can try them out and a fast hash
    is as good as a slow one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as its store knows it. `scopes` is empty where the system has none."""

    id: int
    description: str = ""
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class TokenStore(Protocol):
    """Where a system keeps its tokens. Called in the server's loop, which neither may block."""

    async def find(self, digest: str) -> StoredToken | None:
        """The token of this hash; None where there is none, or it was revoked.

        Raises UserError where the store cannot be read: the request is then answered with 503.
        """
        ...

    async def note_use(self, token: StoredToken, now: datetime) -> None:
        """Keep when it was used last; at most once a minute a token. May raise anything."""
        ...


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as it can be shown. Times are UTC."""

    id: int
    description: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenBook(Protocol):
    """Where a system keeps its tokens. Each method raises what its database raises."""

    def add(
        self, hashed: str, description: str, scopes: Sequence[str], expires_at: datetime | None
    ) -> int:
        """Keep a new token by its hash; returns its number, which is never given again."""
        ...

    def all(self) -> list[KnownToken]:
        """Those that are not revoked, the oldest first."""
        ...

    def revoke(self, number: int) -> bool:
        """False where there is no such token."""
        ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TokenRegister:
    """Who is who. For one event loop.

    What the store said is believed for `cache_seconds`: 0 asks it each time, so that a revoked
    token is dead at once.
    """

    def __init__(
        self,
        store: TokenStore,
        cache_seconds: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._store = store
        self._cache_seconds = min(cache_seconds, LONGEST_CACHE)
        self._monotonic = monotonic
        self._now = now
        self._known: dict[str, tuple[StoredToken, float]] = {}
        self._used: dict[int, datetime] = {}

    async def find(self, token: str) -> StoredToken | None:
        """Whose token it is; None where it is unknown, revoked or expired. May raise UserError."""
        found = await self._look_up(digest(token))
        now = self._now()
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            return None
        await self._note_use(found, now)
        return found

    async def _look_up(self, hashed: str) -> StoredToken | None:
        at = self._monotonic()
        known = self._known.get(hashed)
        if known is not None and at < known[1]:
            return known[0]
        found = await self._store.find(hashed)
        if found is None:
            self._known.pop(hashed, None)
        elif self._cache_seconds:
            self._known[hashed] = (found, at + self._cache_seconds)
        return found

    async def _note_use(self, token: StoredToken, now: datetime) -> None:
        last = self._used.get(token.id, token.last_used_at)
        if last is not None and now - last < USED_EVERY:
            return
        self._used[token.id] = now  # before the wait: others who ask now need not do it, too
        try:
            await self._store.note_use(token, now)
        except Exception:  # when it was used last is no reason not to answer
            log.warning("the last use of token %d could not be noted", token.id, exc_info=True)
