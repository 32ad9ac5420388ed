"""What holds at once: another pace, and asking a server that wanted silence."""

from collections.abc import Callable
from dataclasses import replace

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Activity, RunStatus
from core.phones.run_request import RunRequest
from tests.phones.engine.conftest import Collection, wait_for

Make = Callable[..., Collection]

DATASET = DemoDataset(2, clients=4, projects=10, records=2000)
SLOW = EngineSettings(workers=2, delay=600.0, max_retries=1)


def paced(collection: Collection, delay: float | None) -> None:
    setup = collection.collector.setup
    engine = replace(setup.engine, delay=delay)
    collection.collector.configure(replace(setup, engine=engine))


def test_another_pace_holds_from_the_next_request(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, SLOW)
        assert collection.collector.start(RunRequest())
        wait_for(lambda: len(server.journal) == 1)
        paced(collection, 0.0)  # nobody waits ten minutes for the second one
        finished = collection.end()
        assert finished.status is RunStatus.COMPLETED


def test_the_automatic_pace_can_be_taken_in_mid_run(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, SLOW)
        assert collection.collector.start(RunRequest())
        wait_for(lambda: len(server.journal) == 1)
        paced(collection, None)
        assert collection.end().status is RunStatus.COMPLETED


def test_silence_that_the_server_asked_for_can_be_ended(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(long_wait_at=5, long_wait=3600)) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.0, max_retries=3))
        assert collection.collector.start(RunRequest())
        wait_for(
            lambda: any(
                getattr(event, "activity", None) is Activity.RETRYING
                for event in list(collection.events)
            )
        )
        collection.collector.try_now()
        assert collection.end().status is RunStatus.COMPLETED


def test_the_next_try_in_an_outage_can_be_made_at_once(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.02, max_retries=0))
        assert collection.collector.start(RunRequest())
        wait_for(lambda: len(server.journal) >= 3)
        server.go_down()
        wait_for(
            lambda: any(getattr(e, "activity", None) is Activity.OUTAGE for e in collection.events)
        )
        asked = len(collection.events)
        collection.collector.try_now()
        wait_for(
            lambda: any(
                getattr(e, "activity", None) is Activity.OUTAGE
                for e in list(collection.events)[asked:]
            )
        )
        server.come_back()
        collection.collector.try_now()
        assert collection.end().status is RunStatus.COMPLETED
