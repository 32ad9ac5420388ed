"""Column types that mean the same in an SQLite file and on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Float, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine


def file_time(value: datetime) -> str:
    """A moment with time zone as it stands in a file: sorts as text, and every program reads it,
    PostgreSQL too."""
    return value.astimezone(UTC).isoformat(" ", "microseconds")


class UtcTime(TypeDecorator[datetime]):
    """A moment with time zone, in UTC: `timestamptz` there, ISO text in a file."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return file_time(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(value)


BIG = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by INTEGER only
JSON_TREE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def decimal(digits: int, places: int) -> TypeEngine[float]:
    """An exact number there, the nearest float in a file, which knows no other."""
    exact: TypeEngine[float] = Numeric(digits, places, asdecimal=False)
    return exact.with_variant(Float(), "sqlite")
