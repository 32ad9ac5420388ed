"""Which events become messages and when, by a clock that the test moves."""

import random
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from core.asking.troubles import Reason
from core.phones.events import (
    ItemFailed,
    Notice,
    OutageEnded,
    OutageStarted,
    RunFinished,
    RunStatus,
    Target,
    Totals,
)
from core.phones.telegram.config import ALL_KINDS, Kind, QuietHours
from core.phones.telegram.digest import (
    Digest,
    Milestone,
    Note,
    RunBegan,
    RunEnded,
    ThingsFailed,
    Waiting,
)
from core.phones.telegram.inbox import SEGMENT_LIMIT, Inbox
from tests.phones.telegram_bot.conftest import FakeClock, progress, run_started

FINISHED = RunFinished(7, RunStatus.COMPLETED, Totals(), 60.0)


def failure(number: int, reason: Reason = Reason.SERVER_ERROR) -> ItemFailed:
    return ItemFailed(Target.PROJECT, number, f"project {number}", reason, "502")


class Told:
    """An inbox and a digest; `now` returns what would be sent now."""

    def __init__(self, kinds: frozenset[Kind] = ALL_KINDS, quiet: QuietHours | None = None) -> None:
        self.clock = FakeClock()
        self.inbox = Inbox()
        self.digest = Digest(kinds, quiet, self.clock)

    def now(self) -> list[Note]:
        notes = self.digest.read(self.inbox.take())
        if any(isinstance(note, ThingsFailed) for note in notes):
            self.digest.errors_told()
        return notes


def test_a_day_of_error_bursts_makes_one_message_in_five_minutes_and_loses_nothing() -> None:
    dice = random.Random(4)
    told = Told()
    told.inbox.put(run_started())
    sent_at: list[float] = []
    told_count = failed = 0
    by_reason = dict.fromkeys((Reason.SERVER_ERROR, Reason.TIMED_OUT), 0)
    while told.clock.seconds < 24 * 3600:
        for _ in range(dice.choice((0, 0, 0, 1, 3, 200))):
            reason = dice.choice(tuple(by_reason))
            told.inbox.put(failure(failed, reason))
            by_reason[reason] += 1
            failed += 1
        for note in told.now():
            if isinstance(note, ThingsFailed):
                sent_at.append(told.clock.seconds)
                told_count += note.failures.total
        told.clock.advance(dice.uniform(0.1, 40))
    told.inbox.put(FINISHED)
    end = told.now()[-1]

    gaps = [later - earlier for earlier, later in pairwise(sent_at)]
    assert len(sent_at) > 200
    assert min(gaps) >= 300
    assert isinstance(end, RunEnded)
    assert end.failures.total == failed
    assert {
        reason: end.failures.counts[Target.PROJECT, reason] for reason in by_reason
    } == by_reason
    assert told_count <= failed


def test_failures_untold_at_the_end_come_in_the_final_note_only() -> None:
    told = Told()
    told.inbox.put(run_started())
    told.inbox.put(failure(1))
    told.inbox.put(FINISHED)
    assert [type(note) for note in told.now()] == [RunBegan, RunEnded]
    told.clock.advance(1000)
    assert told.now() == []


def test_without_final_notes_the_last_failures_are_still_told() -> None:
    told = Told(ALL_KINDS - {Kind.END})
    told.inbox.put(failure(1))
    told.inbox.put(FINISHED)
    assert told.now() == []
    assert told.digest.wait() == 10
    told.clock.advance(10)
    (note,) = told.now()
    assert isinstance(note, ThingsFailed)
    assert note.failures.total == 1


def test_a_note_on_its_way_holds_the_next_one_back() -> None:
    told = Told()
    told.inbox.put(failure(1))
    told.now()
    told.clock.advance(10)
    assert len(told.digest.read(told.inbox.take())) == 1  # sent, but Telegram is down
    for _ in range(100):
        told.inbox.put(failure(2))
        told.clock.advance(60)
        assert told.now() == []
    told.digest.errors_told()
    assert told.now() == []
    told.clock.advance(300)
    (note,) = told.now()
    assert isinstance(note, ThingsFailed)
    assert note.failures.total == 100


def test_each_ten_percent_once_and_never_backwards() -> None:
    told = Told()
    told.inbox.put(run_started())
    told.now()
    seen = []
    for fraction in (0.0, 0.05, 0.1, 0.11, 0.34, 0.29, 0.3, 0.4, 0.99, 1.0):
        told.inbox.put(progress(fraction))
        seen += [note.percent for note in told.now() if isinstance(note, Milestone)]
    assert seen == [10, 30, 40, 90]


def test_a_continued_run_does_not_tell_what_it_had_reached_before() -> None:
    told = Told()
    told.inbox.put(run_started(resumed=True))
    told.inbox.put(progress(0.45))
    assert [type(note) for note in told.now()] == [RunBegan]
    told.inbox.put(progress(0.5))
    assert [type(note) for note in told.now()] == [Milestone]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_can_be_switched_off(kind: Kind) -> None:
    kinds = {
        Kind.START: RunBegan,
        Kind.PROGRESS: Milestone,
        Kind.OUTAGE: Waiting,
        Kind.ERRORS: ThingsFailed,
        Kind.END: RunEnded,
    }
    told = Told(ALL_KINDS - {kind})
    notes: list[Note] = []
    for event in (
        run_started(),
        progress(0.2),
        OutageStarted(Reason.NO_CONNECTION, ""),
        OutageEnded(60),
        failure(1),
    ):
        told.inbox.put(event)
        notes += told.now()
    told.clock.advance(10)
    notes += told.now()
    told.inbox.put(FINISHED)
    notes += told.now()
    assert {type(note) for note in notes} == set(kinds.values()) - {kinds[kind]}


def test_quiet_hours_gather_errors_leave_out_milestones_and_silence_the_rest() -> None:
    night = datetime(2026, 3, 1, 23, 30).astimezone()
    told = Told(quiet=QuietHours(time(23), time(7)))
    told.clock.at = night.astimezone(UTC)
    told.inbox.put(run_started())
    told.inbox.put(progress(0.3))
    told.inbox.put(failure(1))
    assert [(type(note), note.silent) for note in told.now()] == [(RunBegan, True)]
    while told.clock.at < night + timedelta(hours=7):
        told.clock.advance(600)
        told.inbox.put(failure(2))
        assert told.now() == []
        assert told.digest.wait() == 60
    told.clock.advance(1800)
    (note,) = told.now()
    assert isinstance(note, ThingsFailed)
    assert not note.silent
    assert note.failures.total == 43


@pytest.mark.parametrize(
    ("begin", "end", "hour", "quiet"),
    [
        (23, 7, 23, True),
        (23, 7, 2, True),
        (23, 7, 7, False),
        (13, 14, 13, True),
        (13, 14, 2, False),
    ],
)
def test_quiet_hours_may_reach_over_midnight(begin: int, end: int, hour: int, quiet: bool) -> None:
    moment = datetime(2026, 3, 1, hour).astimezone()
    assert QuietHours(time(begin), time(end)).cover(moment) is quiet


def test_disk_space_is_told_as_waiting_other_notices_are_not() -> None:
    told = Told()
    told.inbox.put(Notice("cloud_folder"))
    told.inbox.put(Notice("disk_low"))
    assert [type(note) for note in told.now()] == [Waiting]


def test_an_inbox_that_nobody_empties_stays_small_and_counts_every_failure() -> None:
    inbox = Inbox()
    for number in range(5000):
        inbox.put(failure(number))
        inbox.put(progress(0.5))
        inbox.put(OutageStarted(Reason.NO_CONNECTION, ""))
    taken = inbox.take()
    assert len(taken) <= SEGMENT_LIMIT
    assert sum(segment.failures.total for segment in taken) == 5000
    assert all(len(segment.failures.examples) <= 5 for segment in taken)
