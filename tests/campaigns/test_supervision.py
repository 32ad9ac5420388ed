"""Workers that die, proxies that are dead, and how long a session takes."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.campaigns.sending.forecast import seconds_left
from core.campaigns.sending.limits import Limits
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.plan import Planned, copy_of, plan
from core.campaigns.sending.quiet_hours import QuietHours
from core.campaigns.sending.supervisor import Supervised
from core.campaigns.sending.texts import Order
from core.campaigns.settings import load_settings
from core.campaigns.stand_in.server import StandIn
from core.campaigns.storage import sessions
from core.campaigns.storage.claims import Terms
from core.campaigns.telegram.bot_api import NotSent
from core.campaigns.until import until_moment
from core.errors import UsageError
from core.settings.secret import Secret
from core.stop import StopSignal
from tests.campaigns.kit import START, Kit, MovableClock, open_kit, sqlite_url
from tests.campaigns.test_limits import send_until


class Mortal:
    """A worker that dies after so many seconds each time, or ends with a code."""

    def __init__(self, clock: MovableClock, lives: list[float], code: int) -> None:
        self.clock, self.lives, self.code = clock, lives, code
        self.starts: list[float] = []

    def run(self) -> int:
        self.starts.append(self.clock.monotonic())
        if not self.lives:
            return self.code
        self.clock.advance(self.lives.pop(0))
        raise RuntimeError("it died")


def supervised(lives: list[float], code: int = 0) -> tuple[Mortal, Supervised, list[str]]:
    clock, told = MovableClock(), list[str]()
    worker = Mortal(clock, lives, code)
    found = Supervised("ann", lambda: worker, clock, StopSignal(), told.append)
    found.start()
    assert found.join(10)
    return worker, found, told


def test_a_worker_that_dies_is_started_again_five_times() -> None:
    worker, found, told = supervised([1.0] * 99)
    gaps = [late - early - 1 for early, late in zip(worker.starts, worker.starts[1:], strict=False)]
    assert gaps == [30, 60, 120, 240, 300]
    assert found.exit_code == 1
    assert "6 times" in told[0]


def test_after_an_hour_restarts_are_counted_anew() -> None:
    worker, found, told = supervised([1.0] * 5 + [3600.0] + [1.0] * 4)
    assert (len(worker.starts), found.exit_code, told) == (11, 0, [])


def test_one_that_ends_is_not_started_again() -> None:
    for code in (0, 1, 3):
        worker, found, told = supervised([], code)
        assert (len(worker.starts), found.exit_code, told) == (1, code, [])


def test_a_stop_ends_the_wait_for_a_restart() -> None:
    class Real(MovableClock):
        def wait(self, stop: StopSignal, seconds: float) -> bool:
            waiting.set()
            return stop.wait(seconds)

    waiting, clock, stop = threading.Event(), Real(), StopSignal()
    worker = Mortal(clock, [1.0], 0)
    found = Supervised("ann", lambda: worker, clock, stop, print)
    found.start()
    waiting.wait(10)
    stop.request()
    assert found.join(10)


def test_a_dead_proxy_is_told_and_the_direct_way_taken(stand_in: StandIn) -> None:
    bot = stand_in.add_bot("ann")
    sender = Sender(1, "ann", Secret(bot.token), Secret("http://127.0.0.1:9"))
    told: list[str] = []
    line = Line(sender, stand_in.url, proxy_is_dead=lambda: told.append("dead"))
    assert line.check() == "ann"
    assert line.check() == "ann"
    assert told == ["dead"]
    line.api.send_message("1", "text")
    assert len(stand_in.journal.delivered) == 1


def test_a_dead_proxy_that_is_required_is_waited_for(stand_in: StandIn) -> None:
    bot = stand_in.add_bot("ann")
    sender = Sender(1, "ann", Secret(bot.token), Secret("socks5://127.0.0.1:9"))
    line = Line(sender, stand_in.url, proxy_required=True)
    with pytest.raises(NotSent):
        line.check()
    with pytest.raises(NotSent):
        line.api.send_message("1", "text")
    assert stand_in.journal.calls == []


def test_the_time_that_is_left_follows_the_limits() -> None:
    hour = 3600.0
    limits = Limits(max_per_hour=25)
    assert seconds_left(100, 2, limits, now=START) == pytest.approx(2 * hour)
    assert seconds_left(0, 0, limits, now=START) == 0
    assert seconds_left(1, 0, limits, now=START) is None
    capped = Limits(max_per_hour=25, group_max_per_hour=10)
    assert seconds_left(100, 2, capped, now=START) == pytest.approx(10 * hour)
    quiet = QuietHours(time(22), time(8), ZoneInfo("UTC"))
    evening = datetime(2026, 11, 2, 21, tzinfo=UTC)
    assert seconds_left(50, 1, limits, now=evening, quiet=quiet) == pytest.approx(12 * hour)


def test_until_is_the_next_time_that_the_clocks_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAMASTER_HOME", str(tmp_path))
    settings = load_settings()
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)  # noon in Moscow
    assert until_moment(None, settings, now) is None
    assert until_moment("12:30", settings, now) == now + timedelta(minutes=30)
    assert until_moment("11:30", settings, now) == now + timedelta(hours=23, minutes=30)
    with pytest.raises(UsageError):
        until_moment("25:00", settings, now)


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Kit]:
    clock = MovableClock()
    with StandIn(clock=clock) as stand_in:
        found = open_kit(sqlite_url(tmp_path), stand_in, clock)
        yield found
        found.stop.abandon()
        found.engine.dispose()


@pytest.mark.parametrize("order", list(Order))
def test_a_dry_run_is_what_is_then_sent_with_several_senders_over_a_night(
    still: Kit, order: Order
) -> None:
    """The same chats, texts and senders in the same order, at the same seconds."""
    still.group(
        [str(chat) for chat in range(1, 25)],
        senders=3,
        texts=["One {name|x}", "Two", "Three", "Four"],
    )
    limits = Limits(max_per_hour=12)
    terms = Terms(limits, order=order, last_line="/stop", cycle_delay=timedelta(minutes=30))
    quiet = QuietHours(time(10), time(20), ZoneInfo("UTC"))
    senders = [sender.id for sender in still.senders()]
    now = still.clock.now()
    with still.engine.begin() as connection:
        copy = copy_of(connection, "g", now)
    with copy.begin() as connection:
        session = sessions.begin(connection, "g", 2, now, seed=5, limits=limits)
    assert session is not None
    until = now + timedelta(days=2)
    planned: list[Planned] = list(plan(copy, Orders(session, terms, quiet, until), senders, now))
    copy.dispose()
    assert len(planned) == 48
    assert still.rows("SELECT run_id FROM sessions") == []

    with still.engine.begin() as connection:
        session = sessions.begin(connection, "g", 2, now, seed=5, limits=limits)
    assert session is not None
    calls = send_until(still, Orders(session, terms, quiet, until))
    names = {sender.id: sender.name for sender in still.senders()}
    assert [(names[one.sender], one.chat, one.text) for one in planned] == [
        (call.bot, call.chat, call.text) for call in calls
    ]
    for one, call in zip(planned, calls, strict=True):
        assert abs((one.at - call.at).total_seconds()) < 1
