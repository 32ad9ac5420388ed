"""Numbers that must never be stored again, known only by their salted hashes.

What the hash protects, honestly: nobody reads an erased number in the file, and no ready-made
table of hashes helps, because every database has a salt of its own. But there are only some
billions of phone numbers. Whoever has the file and asks about one certain number can find out
whether it was erased, and whoever tries them all finds every one. A slow hash would make that
dearer by hours and each run too, because every record that a run reads is compared; so it is a
fast one.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable, Sequence

from core.phones.numbers.normalize import dialled, normalize
from core.phones.numbers.outcome import Accept, Rejection
from core.phones.numbers.written import parts, plain
from core.phones.storage.meta import FORGOTTEN_SALT, get_meta, set_meta

_HASH_BYTES = 16
_SALT_BYTES = 16


def identities(raw: str) -> set[str]:
    """What a field as received holds: its `identity`, or that of each of its numbers."""
    text = dialled(raw)
    if not isinstance(text, Rejection):
        return {identity(raw)}
    return {identity(raw), *map(identity, parts(plain(raw)))}


def identity(raw: str) -> str:
    """What makes two ways to write a number the same: its E.164 text, or else its digits.

    Does not depend on whether the present metadata calls the number valid.
    """
    possible = normalize(raw, Accept.POSSIBLE).phone
    if possible is not None:
        return possible
    text = dialled(raw)
    return raw.strip() if isinstance(text, Rejection) else text


class Forgotten:
    """The erased numbers of one database. Any thread may use it; it never changes."""

    def __init__(self, salt: bytes = b"", hashes: Iterable[bytes] = ()) -> None:
        self._salt = salt
        self._hashes = frozenset(hashes)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __contains__(self, phone: str) -> bool:
        """Whether `phone` (an `identity`) was erased. About a microsecond."""
        return bool(self._hashes) and hashed(phone, self._salt) in self._hashes

    def among(self, phones: Sequence[str | None]) -> set[int]:
        """The places of erased numbers in a column of E.164 texts."""
        if not self._hashes:
            return set()
        return {n for n, phone in enumerate(phones) if phone is not None and phone in self}


def hashed(phone: str, salt: bytes) -> bytes:
    """The hash under which an erased number is kept."""
    return hashlib.blake2b(phone.encode(), digest_size=_HASH_BYTES, key=salt).digest()


def load_forgotten(db: sqlite3.Connection) -> Forgotten:
    """The erased numbers of the database; a run reads them once, at its start."""
    hashes = [row[0] for row in db.execute("SELECT hash FROM forgotten_phones")]
    return Forgotten(_salt(db) or b"", hashes) if hashes else Forgotten()


def remember_forgotten(db: sqlite3.Connection, phone: str, now: str) -> None:
    """Keep the hash of `phone` (an `identity`); the caller holds the transaction."""
    salt = _salt(db)
    if salt is None:
        salt = secrets.token_bytes(_SALT_BYTES)
        set_meta(db, FORGOTTEN_SALT, salt.hex())
    db.execute(
        "INSERT INTO forgotten_phones (hash, forgotten_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (hashed(phone, salt), now),
    )


def _salt(db: sqlite3.Connection) -> bytes | None:
    salt = get_meta(db, FORGOTTEN_SALT)
    return None if salt is None else bytes.fromhex(salt)
