"""The daily run: the real scheduler, the real collector, only the time is brought forward."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Mode, RunStatus
from core.phones.run_request import RunRequest, Selection
from core.phones.schedule import DAILY, DailyRun, DailySchedule
from core.phones.storage.queries.runs import RunRow, run_list
from core.phones.storage.reader import Reader


@pytest.fixture
def upstream() -> Iterator[DemoServer]:
    with DemoServer(DemoDataset(1, 4, 8, 200)) as server:
        yield server


@pytest.fixture
def collector(upstream: DemoServer, tmp_path: Path) -> Iterator[Collector]:
    made = Collector(
        CollectorSetup(
            database=tmp_path / "phones.db",
            engine=EngineSettings(delay=0.001, max_retries=0),
            open_source=lambda: DataMasterSource(upstream.url, upstream.token),
        )
    )
    yield made
    made.stop()
    made.stop()
    made.wait()


def runs(tmp_path: Path) -> list[RunRow]:
    with Reader(tmp_path / "phones.db") as reader:
        return run_list(reader)


def bring_forward(schedule: DailySchedule, by: timedelta = timedelta()) -> None:
    """As if it were the time of day already; `by` is how long ago it was."""
    scheduler = schedule._scheduler
    assert scheduler is not None
    scheduler.modify_job(DAILY, next_run_time=datetime.now(scheduler.timezone) - by)


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=5)])
def test_the_action_is_called_at_its_time_also_by_a_computer_that_slept(late: timedelta) -> None:
    called = threading.Event()
    schedule = DailySchedule(called.set)
    try:
        assert schedule.next_at is None
        schedule.set(time(3, 30))
        first = schedule.next_at
        assert first is not None
        assert (first.astimezone().hour, first.astimezone().minute) == (3, 30)
        assert first > datetime.now().astimezone()
        bring_forward(schedule, late)
        assert called.wait(10)
        following = schedule.next_at
        assert following is not None
        assert (following.hour, following.minute) == (3, 30)
    finally:
        schedule.close()
        schedule.close()


def test_a_time_missed_by_half_a_day_is_left_out() -> None:
    called = threading.Event()
    schedule = DailySchedule(called.set)
    try:
        in_an_hour = datetime.now() + timedelta(hours=1)  # noqa: DTZ005 - a local time of day
        schedule.set(in_an_hour.time())
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        bring_forward(schedule, timedelta(hours=13))
        assert not called.wait(0.3)
    finally:
        schedule.close()


def test_the_time_can_be_changed_and_switched_off() -> None:
    schedule = DailySchedule(lambda: None)
    try:
        schedule.set(time(3, 30))
        schedule.set(time(4, 45))
        at = schedule.next_at
        assert at is not None
        assert (at.hour, at.minute) == (4, 45)
        schedule.set(None)
        assert schedule.next_at is None
    finally:
        schedule.close()


def test_it_starts_a_run_of_its_mode_every_day(collector: Collector, tmp_path: Path) -> None:
    daily = DailyRun(collector, lambda: tmp_path / "phones.db", lambda: Mode.SMART)
    for day in (1, 2):
        daily()
        assert collector.wait(20)
        newest = runs(tmp_path)[0]
        assert (newest.id, newest.mode, newest.status) == (day, Mode.SMART, RunStatus.COMPLETED)


def test_it_leaves_a_run_alone_that_is_going_on(
    upstream: DemoServer, collector: Collector, tmp_path: Path
) -> None:
    upstream.go_down()
    assert collector.start(RunRequest())
    DailyRun(collector, lambda: tmp_path / "phones.db")()
    upstream.come_back()
    assert collector.wait(30)
    assert len(runs(tmp_path)) == 1


def test_a_run_cut_short_is_continued_once_then_a_new_one_begins(
    upstream: DemoServer, collector: Collector, tmp_path: Path
) -> None:
    upstream.revoke_token()
    daily = DailyRun(collector, lambda: tmp_path / "phones.db")
    for failed in (1, 1, 2):  # a new one, the same again, a new one
        daily()
        assert collector.wait(20)
        assert (runs(tmp_path)[0].id, runs(tmp_path)[0].status) == (failed, RunStatus.FAILED)
    upstream.restore_token()
    daily()
    assert collector.wait(20)
    assert [(run.id, run.status) for run in runs(tmp_path)] == [
        (2, RunStatus.COMPLETED),
        (1, RunStatus.FAILED),
    ]


def test_a_trial_cut_short_is_not_what_the_daily_run_continues(
    upstream: DemoServer, collector: Collector, tmp_path: Path
) -> None:
    upstream.revoke_token()
    assert collector.start(RunRequest(selection=Selection(limit_clients=1)))
    assert collector.wait(20)
    upstream.restore_token()
    DailyRun(collector, lambda: tmp_path / "phones.db")()
    assert collector.wait(20)
    assert runs(tmp_path)[0].id == 2


def test_a_system_whose_time_zone_has_no_name_still_has_a_daily_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def nameless() -> None:
        raise LookupError("no such zone")

    monkeypatch.setattr("apscheduler.schedulers.base.get_localzone", nameless)
    schedule = DailySchedule(lambda: None)
    try:
        schedule.set(time(3, 30))
        at = schedule.next_at
        assert at is not None
        assert (at.astimezone().hour, at.astimezone().minute) == (3, 30)
    finally:
        schedule.close()
    assert "time zone" in caplog.text
