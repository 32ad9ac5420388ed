"""Databases as real runs leave them, and the server that they were collected from."""

from tests.phones.storage.conftest import (
    collected_twice,
    database,
    rows,
    server,
)

__all__ = ["collected_twice", "database", "rows", "server"]
