"""Databases as real runs leave them."""

from tests.phones.storage.conftest import (
    collected_twice,
    database,
    rows,
)

__all__ = ["collected_twice", "database", "rows"]
