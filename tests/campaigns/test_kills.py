"""kill -9 at random moments: nobody is written to twice, and what is unknown is told."""

import os
import random
import signal
import threading
from collections import Counter
from datetime import timedelta
from subprocess import Popen

import pytest

from core.campaigns.sending.heartbeat import Heartbeat
from core.campaigns.sending.line import Line
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.worker import Worker
from core.campaigns.storage.claims import Terms
from core.campaigns.storage.sessions import retry
from core.campaigns.telegram.outcomes import Cause, Outcome
from core.campaigns.words import Claim, Over
from core.stop import StopSignal
from tests.campaigns.agreement import check_agreement
from tests.campaigns.kit import FAST, UNLIMITED, Kit, MovableClock
from tests.campaigns.process import Job, start

FULL = os.environ.get("TORTURE") == "full"
KILLS = 50 if FULL else 4
PROCESSES = 3


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("TORTURE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"TORTURE_SEED={seed}")
    return random.Random(seed)


def running(job: Job) -> "Popen[str]":
    process = start(job)
    assert process.stdout is not None
    process.stdout.readline()  # it has begun, or is done already
    return process


def end(process: "Popen[str]") -> None:
    process.communicate()


@pytest.mark.slow
@pytest.mark.timeout(0 if FULL else 300)
def test_killed_at_random_moments(kit: Kit, chance: random.Random) -> None:
    chats = [str(1000 + number) for number in range(40 * KILLS)]
    kit.group(chats, senders=PROCESSES)
    kit.stand_in.latency = 0.02
    jobs = [
        Job(
            kit.place.url.render_as_string(hide_password=False),
            kit.key.reveal(),
            kit.stand_in.url,
            senders=(number,),
            lease=2.0,
        )
        for number in range(PROCESSES)
    ]
    processes = [running(job) for job in jobs]
    kills = 0
    while kills < KILLS:
        threading.Event().wait(chance.uniform(0, 0.7))
        whom = range(PROCESSES) if chance.random() < 0.2 else [chance.randrange(PROCESSES)]
        for number in whom:
            processes[number].send_signal(signal.SIGKILL)
        kills += 1
        for number in whom:
            end(processes[number])
            processes[number] = running(jobs[number])
    kit.stand_in.latency = 0.0
    for process in processes:
        _out, err = process.communicate()
        assert (process.returncode, err) == (0, "")

    delivered = Counter(call.chat for call in kit.stand_in.journal.delivered)
    assert set(delivered.values()) <= {1}
    attempts = kit.table(
        "SELECT t.chat, a.status, a.error FROM task_attempts a JOIN tasks t ON t.id = a.task_id"
    )
    sent = {row.chat for row in attempts if row.status == "sent"}
    unknown = {row.chat for row in attempts if row.status == "unknown"}
    assert {row.error for row in attempts if row.status == "unknown"} <= {"died"}
    assert len(attempts) == len(sent) + len(unknown) == len(chats)
    # What the stand-in saw without our settling it is unknown, and nothing that was settled is.
    assert set(delivered) - sent == set(delivered) & unknown
    assert sent <= set(delivered)
    assert kit.one("SELECT state FROM sessions") == "completed"
    check_agreement(kit)
    print(f"{kills} kills, {len(unknown)} unknown, {len(set(delivered) & unknown)} of them arrived")

    with kit.engine.begin() as connection:
        again, _freed = retry(connection, "g", kit.clock.now(), repeat_unknown=True)
    assert again == len(unknown)
    if again:  # else the session is completed, and there is nothing to begin
        kit.run(kit.campaign(kit.session()))
    twice = {chat for chat, count in delivered.items() if count > 1}
    delivered = Counter(call.chat for call in kit.stand_in.journal.delivered)
    assert not twice
    assert set(delivered) == set(chats)  # now everybody has it, some because it was asked for


def test_a_dead_workers_task_is_free_after_the_lease_a_living_ones_never(kit: Kit) -> None:
    clock = kit.clock = MovableClock()
    kit.group(["1", "2"], senders=2)
    session = kit.session()
    dead, living = kit.senders()
    queue = kit.queue()
    lost, kept = (queue.claim(session, sender.id, FAST) for sender in (dead, living))
    assert isinstance(lost, Claim)
    assert isinstance(kept, Claim)
    for _beat in range(20):
        clock.advance(5)
        assert queue.keep([kept.id], FAST.lease) == {kept.id}
        freed = queue.reap("g")
        assert freed == (1 if clock.monotonic() == 60 else 0), clock.monotonic()
    assert kit.rows("SELECT status, error FROM task_attempts ORDER BY id") == [
        ("unknown", "died"),
        ("sending", None),
    ]
    assert queue.keep([lost.id], FAST.lease) == set()


def test_who_was_held_up_finds_its_task_lost_and_does_not_send(kit: Kit) -> None:
    """As a computer that slept: between the claim and the call others declared it dead."""
    clock = kit.clock = MovableClock()
    kit.group(["1"])
    session = kit.session()
    queue = kit.queue()
    heartbeat = Heartbeat(queue, "g", FAST.lease, kit.stop, kit.stop)

    class Sleepy(type(queue)):  # type: ignore[misc]
        def claim(self, *words: object) -> object:
            found = super().claim(*words)
            if isinstance(found, Claim):
                clock.advance(90)
                assert queue.reap("g") == 1
            return found

    (sender,) = kit.senders()
    worker = Worker(
        sender,
        Orders(session, FAST),
        Sleepy(kit.engine, kit.place, clock, "sleepy"),
        lambda: Line(sender, kit.stand_in.url),
        heartbeat,
        kit.board,
        kit.stop,
        StopSignal(),
    )
    assert worker.run() == 0
    assert kit.stand_in.journal.calls == []
    assert kit.rows("SELECT status, error FROM task_attempts") == [("unknown", "died")]


def test_who_was_held_up_but_not_declared_dead_sends(kit: Kit) -> None:
    clock = kit.clock = MovableClock()
    kit.group(["1"])
    queue = kit.queue()

    class Slow(type(queue)):  # type: ignore[misc]
        def claim(self, *words: object) -> object:
            found = super().claim(*words)
            if isinstance(found, Claim):
                clock.advance(90)
            return found

    (sender,) = kit.senders()
    worker = Worker(
        sender,
        Orders(kit.session(), FAST),
        Slow(kit.engine, kit.place, clock, "slow"),
        lambda: Line(sender, kit.stand_in.url),
        Heartbeat(queue, "g", FAST.lease, kit.stop, kit.stop),
        kit.board,
        kit.stop,
        StopSignal(),
    )
    assert worker.run() == 0
    assert len(kit.stand_in.journal.delivered) == 1


def test_a_call_longer_than_the_lease_keeps_its_task(kit: Kit) -> None:
    kit.group(["1"])
    terms = Terms(UNLIMITED, lease=timedelta(seconds=1), cycle_delay=timedelta(0))
    campaign = kit.campaign(kit.session(), terms, seconds=20)
    kit.stand_in.before_answer.clear()
    campaign.start()
    while not kit.stand_in.journal.calls:
        campaign.wait(0.05)
    began = kit.clock.monotonic()
    while kit.clock.monotonic() - began < 3:
        kit.clock.wait(StopSignal(), 0.1)
        assert kit.queue("another").reap("g") == 0
    kit.stand_in.before_answer.set()
    while not campaign.wait(0.1):
        pass
    assert campaign.close() == 0
    assert kit.one("SELECT status FROM task_attempts") == "sent"


def test_what_is_settled_late_is_the_truth_and_a_repeated_one_is_nobodys(kit: Kit) -> None:
    """Settling after the lease ran out: the answer counts, unless it was repeated meanwhile."""
    clock = kit.clock = MovableClock()
    kit.group(["1", "2"])
    session = kit.session()
    (sender,) = kit.senders()
    queue = kit.queue()
    late: list[Claim] = []
    for _chat in range(2):
        found = queue.claim(session, sender.id, FAST)
        assert isinstance(found, Claim)
        late.append(found)
        clock.advance(1)
    clock.advance(90)
    assert queue.reap("g") == 2
    never = StopSignal()
    unsure = Outcome(Cause.NO_ANSWER)
    assert queue.settle(late[0], unsure, FAST, never) == "unknown"
    with kit.engine.begin() as connection:
        retry(connection, "g", clock.now(), repeat_unknown=True)
    assert queue.settle(late[1], unsure, FAST, never) is None
    again = queue.claim(session, sender.id, FAST)
    assert isinstance(again, Claim)
    assert again.attempt in {claim.attempt for claim in late}
    assert kit.one("SELECT COUNT(*) FROM task_attempts") == 2


def test_two_claimers_never_get_one_task(kit: Kit) -> None:
    kit.group([str(chat) for chat in range(1, 61)], senders=6)
    session = kit.session()
    claimed: list[str] = []
    lock = threading.Lock()
    together = threading.Barrier(6)

    def work(sender: int) -> None:
        queue = kit.queue()
        together.wait()
        while True:
            found = queue.claim(session, sender, FAST)
            if isinstance(found, Claim):
                with lock:
                    claimed.append(found.chat)
            elif isinstance(found, Over) or found.why == "others":
                return
            else:
                kit.clock.wait(kit.stop, 0.02)

    threads = [threading.Thread(target=work, args=(sender.id,)) for sender in kit.senders()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(str(chat) for chat in range(1, 61))
