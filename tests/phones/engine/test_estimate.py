"""What a run costs is said before it begins, and comes true."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import SystemClock
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.reading_plan import plan
from core.phones.engine.selection import UnknownClients
from core.phones.engine.session import EngineSettings
from core.phones.estimate import Estimate, estimate, in_words
from core.phones.events import Mode
from core.phones.run_request import RunRequest, Selection
from core.phones.storage.expected_cost import QUICK_READ, READ_COST, Costing
from core.phones.storage.project_memory import NewAt, ProjectMemory, Reading
from core.phones.storage.reader import Reader
from tests.phones.engine.conftest import Collection

Make = Callable[..., Collection]

DATASET = DemoDataset(1, clients=20, projects=80, records=60_000)
PACED = EngineSettings(workers=4, delay=0.01)


class Days(SystemClock):
    """Days pass when they are told to."""

    day = 0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=self.day)


def cost(
    collection: Collection, mode: Mode = Mode.FULL, selection: Selection | None = None
) -> Estimate:
    with Reader(collection.database) as reader:
        request = RunRequest(mode=mode, selection=selection or Selection())
        return estimate(reader, request, PACED, datetime.now(UTC))


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.QUICK])
def test_requests_of_the_second_run(collect: Make, mode: Mode) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
        server.dataset = DATASET.grow(Growth(records=1500))
        expected = cost(collection, mode)
        assert expected.requests is not None
        finished = collection.run(RunRequest(mode=mode))
    assert expected.run_id == 1
    assert expected.requests == pytest.approx(finished.totals.requests, rel=0.15)


@pytest.mark.parametrize("mode", list(Mode))
def test_clients_that_the_server_no_longer_names_cost_nothing(collect: Make, mode: Mode) -> None:
    larger = DATASET.grow(Growth(records=30_000, new_projects=40, new_clients=20))
    with DemoServer(larger) as server:
        collection = collect(server, PACED)
        collection.run()
        server.dataset = DATASET
        collection.run()
        # A run that took some clients only tells nothing of the others.
        collection.run(RunRequest(selection=Selection(clients=("100001",))))
        expected = cost(collection, mode)
        finished = collection.run(RunRequest(mode=mode))
        assert collection.number("SELECT count(*) FROM clients") == 40
    assert expected.clients == finished.totals.clients == 20
    assert expected.requests == pytest.approx(finished.totals.requests, rel=0.15, abs=3)


def test_a_selection_costs_its_own_requests(collect: Make) -> None:
    selection = Selection(clients=("100001", "100002", "100003"))
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
        expected = cost(collection, selection=selection)
        finished = collection.run(RunRequest(selection=selection))
    assert expected.clients == 3
    assert expected.requests == pytest.approx(finished.totals.requests, rel=0.15, abs=3)


def test_a_smart_run_costs_the_visits_that_are_due(collect: Make) -> None:
    clock = Days()
    data = DATASET
    with DemoServer(data) as server:
        collection = collect(server, PACED)
        collection.collector._clock = clock
        collection.run()
        for clock.day in (1, 2, 3):
            data = data.grow(Growth(records=300))
            server.dataset = data
            with Reader(collection.database) as reader:
                expected = estimate(reader, RunRequest(mode=Mode.SMART), PACED, clock.now())
            finished = collection.run(RunRequest(mode=Mode.SMART))
            assert expected.requests == pytest.approx(finished.totals.requests, rel=0.15, abs=3)
            assert expected.projects == finished.totals.projects
            assert expected.not_due == finished.left_out.not_due
    assert expected.not_due > 20


@pytest.mark.parametrize("mode", list(Mode))
def test_a_trial_costs_less(collect: Make, mode: Mode) -> None:
    selection = Selection(limit_clients=10, limit_projects=2, max_pages=1)
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
        expected = cost(collection, mode, selection)
        finished = collection.run(RunRequest(mode=mode, selection=selection))
    # Nobody asks whether a limited page was the last one: those looks are too many here.
    assert expected.requests == pytest.approx(finished.totals.requests, abs=5)


def test_a_budget_is_what_a_run_costs_at_most(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
    whole = cost(collection)
    with Reader(collection.database) as reader:
        requests = estimate(reader, RunRequest(max_requests=20), PACED, datetime.now(UTC))
        one_second = RunRequest(max_minutes=1 / 60)
        minutes = estimate(reader, one_second, EngineSettings(delay=0.5), datetime.now(UTC))
    assert requests.requests == 20
    assert minutes.requests == 2
    assert minutes.seconds == pytest.approx(1)
    assert requests.whole == minutes.whole == whole.requests == whole.whole
    assert "without it" in in_words(requests)
    assert "without it" not in in_words(whole)


memories = st.builds(
    ProjectMemory,
    records=st.integers(0, 4000),
    page_size=st.sampled_from([0, 500, 1000]),
    tail=st.sampled_from([b"", b"marks"]),
    head=st.sampled_from([b"", b"marks"]),
    new_at=st.sampled_from(list(NewAt)),
    quick_reads=st.integers(0, 12),
    head_reads=st.integers(0, 5),
    still_reads=st.integers(0, 2),
)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(memory=memories, mode=st.sampled_from(list(Mode)))
def test_what_is_read_in_full_is_expected_to_be(memory: ProjectMemory, mode: Mode) -> None:
    costing = Costing(1000, mode is not Mode.FULL, 10, datetime.now(UTC))
    db = sqlite3.connect(":memory:")
    with closing(db):
        db.execute("CREATE TABLE p AS SELECT ? AS records, NULL AS read_at", (memory.records,))
        names = [field.name for field in fields(ProjectMemory)]
        columns = ", ".join(f"? AS {name}" for name in names)
        values = [getattr(memory, name) for name in names]
        db.execute(f"CREATE TABLE m AS SELECT {columns}, NULL AS phones_per_day", values)
        requests = db.execute(f"SELECT {READ_COST} FROM p, m", costing.values()).fetchone()[0]
    if plan(memory, mode, 1000, 10) is Reading.FULL:
        assert requests == memory.records // 1000 + 1
    else:
        assert requests == QUICK_READ


def test_time_follows_the_pace(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
    with Reader(collection.database) as reader:
        slow = estimate(reader, RunRequest(), EngineSettings(delay=0.5), datetime.now(UTC))
    assert slow.requests is not None
    assert slow.seconds == pytest.approx(slow.requests * 0.5)


def test_nothing_is_said_before_anything_is_known(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        server.revoke_token()
        collection = collect(server)
        collection.run()
    nothing = cost(collection)
    assert nothing.requests is None
    assert nothing.seconds is None
    with pytest.raises(UnknownClients):
        cost(collection, selection=Selection(clients=("nobody",)))
