"""The automatic pace over real HTTP, for two minutes.

    python -m benchmarks.auto_pace

One server allows so many requests a second and answers 429 above that; another never refuses, but
its latency doubles above a pace of its own; a third answers after two seconds, so that the usual
five workers are too few; and a short first run is beside what it could have taken. The runs go on
at the same time: at this pace the machine has next to nothing to do.
"""

from concurrent.futures import ThreadPoolExecutor

from benchmarks.account import Account, Row, account, show
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, PaceChanged
from core.phones.run_request import RunRequest

TOO_MANY = 429  # the status
MINUTES = 2
WINDOW = 10  # seconds over which the pace is looked at
ALLOWED, SLOW_ABOVE = 15.0, 8.0
LATENCY = (0.05, 0.05)
DATA = DemoDataset(1, clients=20, projects=4000, records=40_000)
SHORT = 140  # requests of a first run
SLOW = (2.0, 2.0)  # seconds of an answer
AUTOMATIC = EngineSettings(workers=8, delay=None, max_per_second=20.0)
USUAL = EngineSettings(delay=None)  # workers and all


def measure() -> list[list[Row]]:
    """A table for each server."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda run: run(), (_refusing, _slowing, _late, _short)))


def _refusing() -> list[Row]:
    with account(DATA, AUTOMATIC) as made:
        made.server.faults = Faults(rate_limit=ALLOWED, latency=LATENCY)
        seconds, changes = _collect(made)
        journal = made.server.journal
        refused = journal.count(status=429)
    return [
        {
            "allowed a second": ALLOWED,
            "seconds": f"{seconds:.0f}",
            "answered a second": f"{journal.answered / seconds:.2f}",
            "of what is allowed": f"{journal.answered / seconds / ALLOWED:.0%}",
            "answers 429": f"{refused / len(journal):.1%}",
            "changes of the pace": changes,
        }
    ]


def _slowing() -> list[Row]:
    with account(DATA, AUTOMATIC) as made:
        made.server.faults = Faults(slow_above=SLOW_ABOVE, latency=LATENCY)
        seconds, changes = _collect(made)
        times = [entry.at for entry in made.server.journal.entries()]
    windows = [
        sum(start <= at < start + WINDOW for at in times) / WINDOW
        for start in (times[0] + step for step in range(int(seconds) - WINDOW))
    ]
    return [
        {
            "doubles above": SLOW_ABOVE,
            "seconds": f"{seconds:.0f}",
            "requests a second": f"{len(times) / seconds:.2f}",
            f"most in {WINDOW} s": f"{max(windows):.2f}",
            "above the doubling": f"{max(windows) / SLOW_ABOVE - 1:+.0%}",
            "changes of the pace": changes,
        }
    ]


def _late() -> list[Row]:
    with account(DATA, USUAL) as made:
        made.server.faults = Faults(rate_limit=ALLOWED, latency=SLOW)
        seconds, _ = _collect(made)
        at = [entry.at for entry in made.server.journal.entries() if entry.status != TOO_MANY]
    half = sum(one - at[0] >= seconds / 2 for one in at) / (seconds / 2)
    return [
        {
            "seconds an answer": SLOW[0],
            "allowed a second": ALLOWED,
            "workers at first": USUAL.workers,
            "answered a second, second half": f"{half:.2f}",
            "of what is allowed": f"{half / ALLOWED:.0%}",
            "of what as many workers reach": f"{half / (USUAL.workers / SLOW[0]):.1f} ×",
        }
    ]


def _short() -> list[Row]:
    with account(DATA, USUAL) as made:
        made.server.faults = Faults(rate_limit=ALLOWED, latency=LATENCY)
        finished = made.run(RunRequest(max_requests=SHORT))
        answered = made.server.journal.answered
    ideal = answered / ALLOWED
    return [
        {
            "answered": answered,
            "allowed a second": ALLOWED,
            "ideal, s": f"{ideal:.1f}",
            "seconds": f"{finished.seconds:.1f}",
            "beside the ideal": f"{finished.seconds / ideal:.2f} ×",
        }
    ]


def _collect(made: Account) -> tuple[float, int]:
    """Seconds of a run with a budget of time, and how often the pace changed."""
    changes = 0

    def watch(event: Event) -> None:
        nonlocal changes
        changes += isinstance(event, PaceChanged)

    finished = made.run(RunRequest(max_minutes=MINUTES), watch)
    return finished.seconds, changes


if __name__ == "__main__":
    for table in measure():
        show(table)
        print()
