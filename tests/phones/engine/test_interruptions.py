"""A run is stopped, cut off, refused: nothing is lost, nothing is asked for twice."""

import random
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.asking.troubles import Reason
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.options import broken_projects
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    Activity,
    ActivityChanged,
    ItemDeferred,
    ItemFailed,
    Mode,
    OutageEnded,
    OutageStarted,
    Progress,
    ProjectFinished,
    RequestRetried,
    RunFinished,
    RunState,
    RunStatus,
)
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest
from tests.contents import contents
from tests.phones.engine.conftest import Collection, wait_for

Make = Callable[..., Collection]

DATASET = DemoDataset(2, clients=12, projects=40, records=20_000)
STEADY = EngineSettings(workers=4, delay=0.005, max_retries=1)


def is_listening(server: DemoServer) -> bool:
    address = urlsplit(server.url)
    try:
        socket.create_connection((address.hostname, address.port), 1.0).close()
    except OSError:
        return False
    return True


class ListedTwice(DemoDataset):
    """Every client's list names the projects of the client before it, too."""

    def project_rows(self, client_id: int) -> list[dict[str, Any]]:
        rows = super().project_rows(client_id)
        before = client_id - 1
        return rows + (super().project_rows(before) if before in self.client_ids() else [])


def test_a_project_in_two_lists_is_read_once_also_after_a_stop(collect: Make) -> None:
    dataset = ListedTwice(2, clients=12, projects=40, records=20_000)
    for mode in (Mode.FULL, Mode.QUICK):
        with DemoServer(dataset) as server:
            collection = collect(server, STEADY, name=f"{mode}.db")
            collection.collector.start(RunRequest(mode))
            wait_for(lambda made=collection: made.of(ProjectFinished))
            collection.collector.stop()
            assert collection.end().status is RunStatus.STOPPED
            finished = collection.resume()
            assert finished.status is RunStatus.COMPLETED
            assert finished.totals.received == 20_000
            assert finished.totals.projects == 40
            assert len(set(server.journal.pages_asked_twice())) <= 1


def test_stopped_and_continued_run_equals_an_undisturbed_one(collect: Make) -> None:
    """Stopped at random moments, each time continued; compared table by table."""
    chance = random.Random(7)
    with DemoServer(DATASET) as server:
        undisturbed = collect(server, STEADY, name="undisturbed.db")
        undisturbed.run()
    with DemoServer(DATASET) as server:
        collection = collect(server, STEADY, name="disturbed.db")
        collection.collector.start(RunRequest())
        finished = None
        for _ in range(200):
            time.sleep(chance.uniform(0.0, 0.15))
            collection.collector.stop()
            finished = collection.end()
            if finished.status is RunStatus.COMPLETED:
                break
            assert finished.status is RunStatus.STOPPED
            assert collection.collector.resume()
        assert finished is not None
        assert finished.status is RunStatus.COMPLETED
        assert finished.run_id == 1
        stops = sum(event.status is RunStatus.STOPPED for event in collection.of(RunFinished))
        assert stops >= 3
        # Only the closing look at one first page may be a repetition, once in each session.
        assert len(set(server.journal.pages_asked_twice())) <= 1
        assert server.journal.count("clients") <= 2
    assert contents(collection.database) == contents(undisturbed.database)


def test_silence_that_the_server_asks_for_is_said_with_its_reason_and_end(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(long_wait_at=9, long_wait=3)) as server:
        collection = collect(server, STEADY)
        assert collection.run().status is RunStatus.COMPLETED
    activities = collection.of(ActivityChanged)
    (silence,) = [event for event in activities if event.activity is Activity.RETRYING]
    assert silence.reason is Reason.TOO_MANY_REQUESTS
    (retried,) = collection.of(RequestRetried)
    assert retried.wait == 3
    assert silence.until is not None
    after = activities[activities.index(silence) + 1]
    assert after == ActivityChanged(Activity.READING)


def test_stop_during_a_long_retry_after_is_idle_at_once(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(long_wait_at=5, long_wait=60)) as server:
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(RequestRetried))
        assert collection.of(RequestRetried)[0].wait == pytest.approx(60, abs=1)
        asked = len(server.journal)
        time.sleep(0.3)
        assert len(server.journal) <= asked + STEADY.workers  # the server asked for silence
        collection.collector.stop()
        finished = collection.end(20)
    assert finished.status is RunStatus.STOPPED
    assert collection.collector.state is RunState.IDLE


def test_second_stop_abandons_requests_in_flight(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(latency=(60, 60))) as server:
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        wait_for(lambda: len(server.journal))
        collection.collector.stop()
        assert not collection.collector.wait(0.3)  # the request in flight may still end
        assert collection.collector.state is RunState.STOPPING
        collection.collector.stop()
        finished = collection.end(20)
    assert finished.status is RunStatus.STOPPED
    assert not [t for t in threading.enumerate() if t.name.startswith(("worker", "writer"))]


def test_outage_in_mid_run_marks_nothing_failed(collect: Make) -> None:
    """Cut off for longer than all retries take; the run goes on by itself."""
    with DemoServer(DATASET) as server:
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(ProjectFinished))
        server.go_down("refuse")
        wait_for(lambda: collection.of(OutageStarted))
        waiting = [e for e in collection.of(ActivityChanged) if e.activity is Activity.OUTAGE]
        assert waiting
        assert waiting[0].until is not None
        server.come_back()
        finished = collection.end()
    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.errors == 0
    assert not collection.of(ItemFailed)
    assert not collection.of(ItemDeferred)
    assert collection.of(OutageEnded)
    assert collection.number("SELECT count(*) FROM phones") == expected(DATASET).phones


def test_outage_that_lasts_too_long_ends_the_run_ready_for_continue(collect: Make) -> None:
    impatient = EngineSettings(workers=3, delay=0.005, max_retries=0, outage_limit=1.0)
    with DemoServer(DATASET) as server:
        collection = collect(server, impatient)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(ProjectFinished))
        server.go_down("refuse")
        finished = collection.end()
        assert finished.status is RunStatus.FAILED
        assert finished.reason is RunFailure.OUTAGE
        assert collection.number("SELECT count(*) FROM run_projects WHERE state='failed'") == 0
        server.come_back()
        assert collection.resume().status is RunStatus.COMPLETED
    assert collection.number("SELECT count(*) FROM phones") == expected(DATASET).phones


def test_server_that_is_away_from_the_start_is_waited_for(collect: Make) -> None:
    settings = EngineSettings(workers=2, delay=0.0, max_retries=0)
    with DemoServer(DATASET) as server:
        server.go_down("refuse")
        collection = collect(server, settings)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(OutageStarted))
        server.come_back()
        assert collection.end().status is RunStatus.COMPLETED


def test_rejected_token_ends_the_run_at_once(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        server.revoke_token()
        collection = collect(server, STEADY)
        finished = collection.run()
        assert len(server.journal) == 1
    assert finished.status is RunStatus.FAILED
    assert finished.reason is Reason.TOKEN_REJECTED


def test_token_revoked_in_mid_run_can_be_continued(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(revoke_token_at=30)) as server:
        collection = collect(server, STEADY)
        finished = collection.run()
        assert finished.reason is Reason.TOKEN_REJECTED
        assert collection.number("SELECT count(*) FROM run_projects WHERE state='failed'") == 0
        server.faults = Faults()
        server.restore_token()
        again = collection.resume()
    assert again.status is RunStatus.COMPLETED
    assert again.run_id == finished.run_id
    assert collection.number("SELECT count(*) FROM phones") == expected(DATASET).phones


def test_nothing_to_continue_says_so(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server)
        assert collection.resume().reason is RunFailure.NOTHING_TO_CONTINUE
        collection.run()
        asked = len(server.journal)
        assert collection.resume().reason is RunFailure.NOTHING_TO_CONTINUE
        assert len(server.journal) == asked


def test_second_collector_is_told_that_the_database_is_held(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(latency=(0.05, 0.05))) as server:
        first = collect(server, STEADY)
        first.collector.start(RunRequest())
        wait_for(lambda: first.of(Progress))
        second = collect(server, STEADY)
        finished = second.run()
        assert finished.reason is RunFailure.DATABASE_HELD
        assert first.collector.state is RunState.RUNNING


def test_watcher_that_breaks_does_not_end_the_run(
    collect: Make, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: object) -> None:
        raise ValueError("broken watcher")

    with DemoServer(DemoDataset(1, clients=2, projects=3, records=50)) as server:
        collection = collect(server)
        collection.collector.watch(broken)
        assert collection.run().status is RunStatus.COMPLETED
    assert "a watcher failed" in caplog.text


def test_what_was_asked_before_there_is_a_list_is_counted(collect: Make) -> None:
    """A run that waited for its list of clients in vain did not take 0 requests and 0 seconds."""
    with DemoServer(DemoDataset(3, clients=2, projects=4, records=50)) as server:
        collection = collect(server, EngineSettings(max_retries=0, outage_limit=0.1))
        server.go_down("refuse")
        finished = collection.run()
        assert finished.status is RunStatus.FAILED
        asked = finished.totals.requests
        assert asked >= 3  # the list, and two probes at least
        seconds = collection.number("SELECT active_seconds FROM runs")
        assert finished.seconds == seconds > 0.1
        server.come_back()
        wait_for(lambda: is_listening(server))
        assert collection.resume().status is RunStatus.COMPLETED
    assert collection.number("SELECT requests FROM runs") > asked
    assert collection.number("SELECT active_seconds FROM runs") > seconds


def test_a_run_that_newer_ones_have_overtaken_is_continued_by_its_number(collect: Make) -> None:
    with DemoServer(DATASET, faults=Faults(revoke_token_at=30)) as server:
        collection = collect(server, STEADY)
        assert collection.run().status is RunStatus.FAILED
        server.faults = Faults()
        server.restore_token()
        assert collection.run().status is RunStatus.COMPLETED
        assert collection.resume().reason is RunFailure.NOTHING_TO_CONTINUE
        assert collection.collector.resume(1)
        again = collection.end()
        assert (again.run_id, again.status) == (1, RunStatus.COMPLETED)
        assert again.totals.projects == expected(DATASET).projects
        assert collection.collector.resume(1)
        assert collection.end().reason is RunFailure.NOTHING_TO_CONTINUE
        assert collection.collector.resume(7)
        assert collection.end().reason is RunFailure.NOTHING_TO_CONTINUE


def test_what_failed_stays_part_of_the_whole(collect: Make) -> None:
    broken = broken_projects(DATASET, 2)
    with DemoServer(DATASET, faults=Faults(broken_projects=broken)) as server:
        collection = collect(server, STEADY)
        end = collection.run()
    last = collection.of(Progress)[-1]
    assert end.totals.errors == 2
    assert last.projects_total == end.totals.projects + 2
