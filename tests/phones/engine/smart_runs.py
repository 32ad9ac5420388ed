"""Smart runs over days that pass when they are told to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.clock import SystemClock
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Mode
from core.phones.run_request import RunRequest
from tests.phones.engine.conftest import Collection

Make = Callable[..., Collection]

SMART = RunRequest(mode=Mode.SMART)
DATA = DemoDataset(3, clients=4, projects=60, records=3000, order="mixed")
# 90 % of the new records go to a tenth of the projects, the same ones every time.
A_DAY = Growth(records=60)


class Days(SystemClock):
    """Days pass when they are told to."""

    def __init__(self) -> None:
        self.day = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=self.day)


def start(collect: Make, server: DemoServer, days: Days, **settings: float) -> Collection:
    engine = EngineSettings(workers=5, delay=0.0, **settings)  # type: ignore[arg-type]
    collection = collect(server, engine)
    collection.collector._clock = days
    return collection


def visited(collection: Collection) -> set[int]:
    """The projects that the newest run read."""
    return {
        project
        for (project,) in collection.rows(
            "SELECT project_id FROM run_projects WHERE state = 'done'"
            " AND run_id = (SELECT max(id) FROM runs)"
        )
    }


def after_three_days(collect: Make, server: DemoServer, days: Days) -> Collection:
    """Every project was read four times, the last time on the second or third day."""
    data = DATA
    collection = start(collect, server, days)
    collection.run()
    for day in (1, 2, 3):
        days.day = day
        data = data.grow(A_DAY)
        server.dataset = data
        collection.run(SMART)
    return collection


def expected_gains(collection: Collection, now: datetime) -> dict[int, float]:
    """The new phones that each project is expected to have at `now`."""
    rows = collection.rows(
        "SELECT id, phones_per_day, read_at FROM projects JOIN project_memory ON project_id = id"
    )
    return {project: rate * (now.timestamp() - read_at) for project, rate, read_at in rows}


def with_one_worker(collection: Collection) -> None:
    """Several workers begin in the same order, but the last of them may lose the race."""
    setup = collection.collector._setup
    engine = EngineSettings(workers=1, delay=0.0)
    collection.collector.configure(replace(setup, engine=engine))
