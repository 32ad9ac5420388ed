"""What the Growth view shows, read in a background thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.phones.registry.located import Operator, Place, operators, places
from core.phones.storage.queries.growth import (
    DayCount,
    TopRow,
    growth_by_day,
    top_clients,
    top_projects,
)
from core.phones.storage.queries.overview import Overview, overview
from core.phones.storage.queries.runs import GrowthRow, growth
from core.phones.storage.reader import Reader

TOP = 6


@dataclass(frozen=True, slots=True)
class DashboardData:
    """`chosen` is a place in `rows`: the run that is looked at, None where there are no runs.

    `places` and `operators` are those with most numbers, none before a registry is loaded.
    """

    overview: Overview
    rows: Sequence[GrowthRow]
    days: Sequence[DayCount]
    chosen: int | None
    top_clients: Sequence[TopRow] = ()
    top_projects: Sequence[TopRow] = ()
    places: Sequence[Place] = ()
    operators: Sequence[Operator] = ()

    @property
    def row(self) -> GrowthRow | None:
        return None if self.chosen is None else self.rows[self.chosen]

    @property
    def row_before(self) -> GrowthRow | None:
        """The run before the chosen one."""
        return self.rows[self.chosen - 1] if self.chosen else None


def read(path: Path, run_id: int | None) -> DashboardData | None:
    """Everything about `run_id`, or the newest run; None where there is no database yet.

    Raises StorageFailure.
    """
    try:
        with Reader(path) as reader:
            rows = growth(reader)
            ids = [row.run.id for row in rows]
            chosen = ids.index(run_id) if run_id in ids else len(ids) - 1 if ids else None
            data = DashboardData(overview(reader), rows, growth_by_day(reader), chosen)
            if chosen is None:
                return data
            return DashboardData(
                data.overview,
                data.rows,
                data.days,
                chosen,
                top_clients(reader, ids[chosen], TOP),
                top_projects(reader, ids[chosen], TOP),
                places(reader)[:TOP],
                operators(reader)[:TOP],
            )
    except StorageFailure as failure:
        if failure.problem is StorageProblem.MISSING:
            return None
        raise
