"""How far everything is: the one row of `sync_state`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, select, update

from core.cars.tables import sync_state


class Phase(StrEnum):
    LOADING = "loading"
    REPLAYING = "replaying"
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class SyncState:
    """`last_change_id` is the next one to ask for. A load that never began has no `next_page`."""

    phase: Phase
    last_successful_date: date | None
    last_change_id: int | None
    load_from_id: int | None
    next_page: int | None
    load_pass: int
    pass_started_at: datetime | None
    version: int
    updated_at: datetime

    @property
    def has_begun(self) -> bool:
        """Whether a load was ever begun."""
        return self.load_from_id is not None


def read_state(connection: Connection) -> SyncState:
    """The state as it is stored."""
    row = connection.execute(select(sync_state).where(sync_state.c.id == 1)).one()
    return SyncState(
        phase=Phase(row.phase),
        last_successful_date=row.last_successful_date,
        last_change_id=row.last_change_id,
        load_from_id=row.load_from_id,
        next_page=row.next_page,
        load_pass=row.load_pass,
        pass_started_at=row.pass_started_at,
        version=row.version,
        updated_at=row.updated_at,
    )


def write_state(connection: Connection, now: datetime, **values: Any) -> None:
    """Change what is named."""
    new = {"updated_at": now, **values}
    connection.execute(_writing(tuple(new)), {f"new_{name}": new[name] for name in new})


@cache  # once for each of the few sets of names: this is part of every page
def _writing(names: tuple[str, ...]) -> Update:
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(sync_state).where(sync_state.c.id == 1).values(changed)
