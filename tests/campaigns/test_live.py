"""A campaign as a process: paused, resumed, stopped, joined, interrupted, and asked for."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.campaigns.office import Office

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def wait_until(what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


class Shop:
    """A group of many chats, and processes that send for it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.do = office.do
        self.stand_in = office.stand_in
        self.environment = os.environ | {"LANGUAGE": "en"}
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "campaigns", "start", *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def tells_progress(self, process: "subprocess.Popen[str]") -> None:
        """Wait until it works for the group."""
        assert process.stdout is not None
        assert "sent" in process.stdout.readline()

    @property
    def sent(self) -> int:
        return len(self.stand_in.journal.calls)

    def wait_for(self, more: int) -> None:
        wanted = self.sent + more
        wait_until(lambda: self.sent >= wanted)


@pytest.fixture
def shop(ready: Office) -> Iterator[Shop]:
    chats = ready.file("chats.txt", "".join(f"{number}\n" for number in range(1, 500)))
    ready.do("import-chats", chats, "--group", "news", "--consent", "a test")
    found = Shop(ready)
    yield found
    for process in found.processes:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_pause_resume_and_stop_from_another_process(shop: Shop) -> None:
    process = shop.start("news", "--no-listen")
    shop.wait_for(2)
    shop.do("pause", "news")
    quiet_since = shop.sent
    time.sleep(3)
    assert shop.sent <= quiet_since + 2  # what was claimed when the pause came
    assert process.poll() is None
    shop.do("resume", "news")
    shop.wait_for(2)
    shop.do("stop", "news")
    out, _err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "still to send" in out
    chats = [call.chat for call in shop.stand_in.journal.calls]
    assert len(set(chats)) == len(chats)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_gives_claimed_tasks_back_and_another_start_goes_on(
    shop: Shop, name: str
) -> None:
    process = shop.start("news")
    shop.wait_for(2)
    process.send_signal(getattr(signal, name))
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert '"in_progress": 0' in shop.do("status", "news", "--json")
    assert '"unknown": 0' in shop.do("status", "news", "--json")
    before = shop.sent
    again = shop.start("news", "--no-listen")
    shop.wait_for(2)
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=PATIENCE)
    chats = [call.chat for call in shop.stand_in.journal.calls]
    assert len(chats) > before
    assert len(set(chats)) == len(chats)


@pytest.mark.slow
def test_a_second_start_joins_the_running_session(shop: Shop) -> None:
    first = shop.start("news", "--no-listen")
    shop.wait_for(1)
    second = shop.start("news", "--no-listen")
    shop.tells_progress(second)  # a stop before it has joined would not be meant for it
    shop.wait_for(6)
    shop.do("stop", "news")
    for process in (first, second):
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    calls = shop.stand_in.journal.calls
    assert len({call.chat for call in calls}) == len(calls)
    for bot in ("ann", "bob"):  # two processes are not faster than the sender's limit
        times = [call.at for call in calls if call.bot == bot]
        assert len(times) <= (times[-1] - times[0]).total_seconds() / 0.8 + 1.5


@pytest.mark.slow
def test_a_second_interrupt_does_not_wait_for_telegram(shop: Shop) -> None:
    shop.stand_in.before_answer.clear()
    process = shop.start("news", "--no-listen")
    shop.wait_for(1)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)  # the first waits for the message under way
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 130
    shop.stand_in.before_answer.set()


@pytest.mark.slow
def test_start_without_arguments_asks_on_a_terminal(shop: Shop) -> None:
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "campaigns", "start"],
        env=shop.environment | {"TERM": "xterm", "COLUMNS": "100"},
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
    )
    os.close(other)
    shown = b""

    def read_until(words: bytes) -> None:
        nonlocal shown
        until = time.monotonic() + PATIENCE
        while words not in shown:
            assert time.monotonic() < until, shown
            if select.select([main], [], [], 1)[0]:
                shown += os.read(main, 65536)

    try:
        read_until(b"Which group? ")
        assert b"1. news" in shown
        os.write(main, b"1\n")
        read_until(b"How many senders")
        os.write(main, b"1\n")
        read_until(b"Only show")
        os.write(main, b"no\n")
        shop.wait_for(2)
        read_until(b"Sender")
        read_until(b"still to send")
        process.send_signal(signal.SIGINT)
        until = time.monotonic() + PATIENCE
        while process.poll() is None:  # whoever does not read holds the other up
            assert time.monotonic() < until
            if select.select([main], [], [], 0.1)[0]:
                try:
                    shown += os.read(main, 65536)
                except OSError:
                    break
        assert process.wait(PATIENCE) == 130
    finally:
        process.kill()
        process.wait()
        os.close(main)
    assert {call.bot for call in shop.stand_in.journal.calls} == {"ann"}
