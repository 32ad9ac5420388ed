"""Limits over hours of simulated time, measured at the stand-in over real HTTP."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.campaigns.sending.heartbeat import Heartbeat
from core.campaigns.sending.limits import HOUR, Limits
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.quiet_hours import QuietHours
from core.campaigns.sending.worker import Worker
from core.campaigns.stand_in.chats import Way
from core.campaigns.stand_in.journal import Sent
from core.campaigns.stand_in.server import StandIn
from core.campaigns.storage.claims import Terms
from tests.campaigns.kit import START, Kit, MovableClock, open_kit, sqlite_url

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def kit(tmp_path: Path, clock: MovableClock) -> Iterator[Kit]:
    with StandIn(clock=clock) as stand_in:
        found = open_kit(sqlite_url(tmp_path), stand_in, clock)
        yield found
        found.stop.abandon()
        found.engine.dispose()


def send_until(kit: Kit, orders: Orders) -> list[Sent]:
    """Let all senders work until the end of `orders`; what the stand-in received."""
    assert isinstance(kit.clock, MovableClock)
    queue, stop = kit.queue(), kit.stop
    heartbeat = Heartbeat(queue, "g", orders.terms.lease, stop, stop)  # claims last no time here
    senders = kit.senders()
    kit.clock.taking_part(len(senders))
    codes = []

    def work(sender: Sender) -> None:
        worker = Worker(
            sender,
            orders,
            queue,
            lambda: Line(sender, kit.stand_in.url),
            heartbeat,
            kit.board,
            stop,
            stop,
        )
        try:
            codes.append(worker.run())
        finally:
            kit.clock.leave()

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0] * len(senders)
    return kit.stand_in.journal.calls


def of_each(calls: list[Sent], name: str) -> dict[str, list[datetime]]:
    found = defaultdict(list)
    for call in calls:
        found[getattr(call, name)].append(call.at)
    return found


def most_within(times: list[datetime], window: timedelta) -> int:
    """The most of them in any window that is open at its end."""
    ordered = sorted(times)
    return max(sum(begin <= at < begin + window for at in ordered) for begin in ordered)


def orders(
    kit: Kit, terms: Terms, hours: float, quiet: QuietHours | None = None, cycles: int = 1000
) -> Orders:
    session = kit.session(cycles=cycles)
    return Orders(session, terms, quiet, kit.clock.now() + timedelta(hours=hours))


def test_no_sender_over_its_rolling_hour_and_the_hour_is_used(kit: Kit) -> None:
    kit.group([str(chat) for chat in range(1, 200)], senders=3)
    terms = Terms(Limits(max_per_hour=25), cycle_delay=timedelta(0))
    calls = send_until(kit, orders(kit, terms, hours=3))
    for times in of_each(calls, "bot").values():
        assert most_within(times, HOUR) <= 25
        assert len(times) >= 3 * 25 - 8
        gaps = [(late - early).total_seconds() for early, late in pairwise(times)]
        assert min(gaps) >= 144 * 0.8 - 0.001  # spread, not burst
        paced = [gap for gap in gaps if gap <= 144 * 1.2 + 0.001]
        assert len(paced) >= len(gaps) * 0.7  # the others waited for the rolling hour
        assert max(paced) - min(paced) > 20
    assert len({call.chat for call in calls}) == min(199, len(calls))


def test_a_group_cap_holds_over_all_senders(kit: Kit) -> None:
    kit.group([str(chat) for chat in range(1, 100)], senders=3)
    limits = Limits(max_per_hour=60, group_max_per_hour=40)
    calls = send_until(kit, orders(kit, Terms(limits, cycle_delay=timedelta(0)), hours=2))
    assert most_within([call.at for call in calls], HOUR) <= 40
    assert len(calls) >= 70
    assert len(of_each(calls, "bot")) == 3


def test_telegrams_own_limits_hold_whatever_is_set(kit: Kit) -> None:
    kit.group(["1", "2", "-3", "@four"], senders=4)
    limits = Limits(max_per_hour=10**9)
    calls = send_until(kit, orders(kit, Terms(limits, cycle_delay=timedelta(0)), hours=0.0334))
    for chat, times in of_each(calls, "chat").items():
        assert most_within(times, timedelta(seconds=1)) == 1
        if chat[0] in "-@":
            assert most_within(times, timedelta(minutes=1)) <= 20
            assert len(times) >= 38  # and they are used
    for times in of_each(calls, "bot").values():
        assert most_within(times, timedelta(seconds=1)) <= 30


def test_one_chat_in_two_groups_is_one_chat(kit: Kit, clock: MovableClock) -> None:
    kit.group(["-3"])
    kit.group(["-3"], name="h")
    terms = Terms(Limits(max_per_hour=10**9), cycle_delay=timedelta(0))
    queue = kit.queue()
    sessions = [kit.session(name, cycles=50) for name in ("g", "h")]
    times = []
    for _step in range(400):
        for session in sessions:
            (sender,) = kit.senders(session.group)
            found = queue.claim(session, sender.id, terms)
            if hasattr(found, "chat"):
                times.append(clock.now())
                queue.give_back(found)
        clock.advance(0.1)
    assert most_within(times, timedelta(seconds=3)) == 1
    assert len(times) >= 13


def test_a_flood_is_obeyed_in_full(kit: Kit) -> None:
    kit.group([str(chat) for chat in range(1, 50)])
    kit.stand_in.ways["5"] = Way.FLOOD
    kit.stand_in.retry_after = 1234
    terms = Terms(Limits(max_per_hour=60), cycle_delay=timedelta(0))
    calls = send_until(kit, orders(kit, terms, hours=1))
    (flood,) = [place for place, call in enumerate(calls) if call.status == 429]
    assert (calls[flood + 1].at - calls[flood].at) >= timedelta(seconds=1234)


@pytest.mark.parametrize(
    "begin",
    [
        datetime(2026, 11, 2, 15, tzinfo=UTC),
        datetime(2026, 3, 28, 15, tzinfo=UTC),  # the night of the change to summer time
        datetime(2026, 10, 24, 15, tzinfo=UTC),  # and back
    ],
)
def test_quiet_hours_are_kept_over_midnight_and_changes_of_time(
    tmp_path: Path, begin: datetime
) -> None:
    clock = MovableClock(begin)
    with StandIn(clock=clock) as stand_in:
        kit = open_kit(sqlite_url(tmp_path), stand_in, clock)
        kit.group([str(chat) for chat in range(1, 5)])
        quiet = QuietHours(time(22), time(7, 30), BERLIN)
        terms = Terms(Limits(max_per_hour=10), cycle_delay=timedelta(0))
        calls = send_until(kit, orders(kit, terms, hours=24, quiet=quiet))
        kit.engine.dispose()
    shown = [call.at.astimezone(BERLIN).time() for call in calls]
    assert not [at for at in shown if at >= time(22) or at < time(7, 30)]
    assert [at for at in shown if at >= time(21)]
    assert [at for at in shown if time(7, 30) <= at < time(8)]


def test_cycles_of_a_chat_keep_their_distance(kit: Kit) -> None:
    kit.group(["1", "2", "3"], senders=2)
    terms = Terms(Limits(max_per_hour=3600), cycle_delay=timedelta(minutes=5))
    calls = send_until(kit, orders(kit, terms, hours=1, cycles=6))
    for times in of_each(calls, "chat").values():
        assert len(times) == 6
        assert min(late - early for early, late in pairwise(times)) >= timedelta(minutes=5)
    assert calls[-1].at < START + timedelta(minutes=27)
