"""The figures of `/stats` and `/health`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from core.cars.api.answers import moment
from core.cars.api.counts import Counts
from core.cars.api.offers_sql import Statement
from core.cars.api.reading import Reading

_DAYS = 30
_GONE = "SELECT COUNT(*) FROM processed_data WHERE active_status = 1"
_STATE = "SELECT phase, last_successful_date, updated_at FROM sync_state"
_OPERATIONS = (
    "SELECT operation_type, started_at, duration, status, details FROM operations_log "
    "WHERE started_at >= ? ORDER BY started_at DESC LIMIT 1000"
)
_UNREAD = "SELECT COUNT(*), COUNT(process_problem) FROM raw_data WHERE is_processed = ?"


async def stats(reading: Reading, counts: Counts) -> dict[str, Any]:
    """Listings, the last update, operations of the last 30 days. Raises UserError."""
    [[gone]] = await reading.rows(Statement(_GONE))
    [[phase, last_day, updated_at]] = await reading.rows(Statement(_STATE))
    [[waiting, bad]] = await reading.rows(Statement(_UNREAD, [False]))
    since = datetime.now(UTC) - timedelta(days=_DAYS)
    operations = await reading.rows(Statement(_OPERATIONS, [since]))
    return {
        "listings": {"on_sale": counts.on_sale, "gone": gone},
        "last_update": {
            "phase": phase,
            "last_successful_date": _day(last_day),
            "updated_at": moment(updated_at),
        },
        "normalizing": {"waiting": waiting, "failed": bad, "problems": counts.problems()},
        "operations": [
            {
                "operation_type": kind,
                "started_at": moment(started_at),
                "duration": duration,
                "status": status,
                "details": _details(details),
            }
            for kind, started_at, duration, status, details in operations
        ],
    }


async def age_of_update(reading: Reading) -> float | None:
    """Seconds since the vendor's state was last followed; None before the first load's end."""
    [[phase, _day_of, updated_at]] = await reading.rows(Statement(_STATE))
    if phase != "current":
        return None
    return (datetime.now(UTC) - moment(updated_at)).total_seconds()


def _day(value: Any) -> str | None:
    return None if value is None else str(value)


def _details(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value
