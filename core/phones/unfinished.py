"""How far an unfinished run got, and what is left of it: as the run itself would tell, were it
continued now."""

from dataclasses import dataclass

from core.clock import Clock
from core.phones.engine.forecast import forecast_of
from core.phones.engine.page_ends import DOCUMENTED_SIZE
from core.phones.events import RunStatus
from core.phones.storage.expected_cost import Costing
from core.phones.storage.meta import PAGE_SIZE
from core.phones.storage.queries.runs import RunRow, run_request, run_to_continue
from core.phones.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """`projects_total` and `requests_total` are what is done and what is expected to come, None
    where nothing tells that; `exact`: the projects are counted, not estimated."""

    run: RunRow
    clients_done: int
    clients_total: int
    projects_done: int
    projects_total: int | None
    exact: bool
    requests_total: int | None

    @property
    def fraction(self) -> float:
        """About how much of the work is done, from 0 to 1."""
        return self.run.requests / self.requests_total if self.requests_total else 0.0


def newest_unfinished(reader: Reader, full_every: int, clock: Clock) -> UnfinishedRun | None:
    """The run that `run_to_continue` finds; None where it is completed, if with failures, or
    where there is none.

    `full_every` is QUICK_FULL_EVERY. For a background thread; raises StorageFailure.
    """
    run = run_to_continue(reader)
    if run is None or run.status is RunStatus.COMPLETED:
        return None
    size = reader.row("SELECT value FROM meta WHERE key = ?", (PAGE_SIZE,))
    request = run_request(reader, run.id)
    page_size = int(size[0]) if size else DOCUMENTED_SIZE
    costing = Costing.of(request, page_size, full_every, clock.now())
    forecast = forecast_of(reader.rows, run.id, request, costing, clock)
    projects_total, exact = forecast.projects_total()
    requests_left = forecast.requests_left()
    if requests_left is not None and request.max_requests is not None:
        requests_left = min(requests_left, max(0.0, request.max_requests - run.requests))
    clients = reader.number("SELECT count(*) FROM run_clients WHERE run_id = ?", (run.id,))
    return UnfinishedRun(
        run=run,
        clients_done=run.total_clients,
        clients_total=clients,
        projects_done=run.total_projects,
        projects_total=projects_total,
        exact=exact,
        requests_total=None if requests_left is None else round(run.requests + requests_left),
    )
