"""The log of operations: what was done when, and whether without a single error."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from core.cars.tables import operations_log


class Operation(StrEnum):
    DATA_FETCH = "data_fetch"
    NORMALIZATION = "normalization"


@dataclass(slots=True)
class Record:
    """One operation while it goes on; `details` are counts."""

    operation: Operation
    started_at: datetime
    errors: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def store(self, connection: Connection, duration: float) -> None:
        """Write it; `duration` in seconds."""
        connection.execute(
            operations_log.insert().values(
                operation_type=self.operation,
                started_at=self.started_at,
                duration=round(duration, 3),
                status="ERROR" if self.errors else "OK",
                details=self.details,
            )
        )
