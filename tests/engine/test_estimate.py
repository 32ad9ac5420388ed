"""What a run costs is said before it begins, and comes true."""

from collections.abc import Callable

import pytest

from core.datamaster.demo.dataset import DemoDataset
from core.datamaster.demo.growth import Growth
from core.datamaster.demo.server import DemoServer
from core.engine.selection import UnknownClients
from core.engine.session import EngineSettings
from core.estimate import Estimate, estimate
from core.events import Mode
from core.run_request import RunRequest, Selection
from core.storage.reader import Reader
from tests.engine.conftest import Collection

Make = Callable[..., Collection]

DATASET = DemoDataset(1, clients=20, projects=80, records=60_000)
PACED = EngineSettings(workers=4, delay=0.01)


def cost(
    collection: Collection, mode: Mode = Mode.FULL, selection: Selection | None = None
) -> Estimate:
    with Reader(collection.database) as reader:
        return estimate(reader, mode, selection or Selection(), PACED.delay, 10)


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


def test_a_selection_costs_its_own_requests(collect: Make) -> None:
    selection = Selection(clients=("100001", "100002", "100003"))
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
        expected = cost(collection, selection=selection)
        finished = collection.run(RunRequest(selection=selection))
    assert expected.clients == 3
    assert expected.requests == pytest.approx(finished.totals.requests, rel=0.15, abs=3)


def test_time_follows_the_pace(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, PACED)
        collection.run()
    with Reader(collection.database) as reader:
        slow = estimate(reader, Mode.FULL, Selection(), 0.5, 10)
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
