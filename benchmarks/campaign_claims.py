"""Claims a second on PostgreSQL, beside procrastinate's own fetch on the same server.

8 processes with a sender each claim from 100,000 tasks, every limit looked at; the same number of
processes fetch from 100,000 jobs. Neither sends or finishes anything: only the claim is measured.
Then the time of a claim beside more and more finished tasks. `--quick`: a tenth of everything.

python -m benchmarks.campaign_claims [--quick] [--procrastinate PYTHON]
"""

import argparse
import subprocess
import sys
import tempfile
import time
import venv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select, text

from benchmarks.processes import ROOT
from core.campaigns.sending.limits import Limits
from core.campaigns.storage import claims, sessions
from core.campaigns.storage.claims import Terms
from core.campaigns.storage.database import open_database
from core.campaigns.storage.keeping_groups import add_message, create_group
from core.campaigns.storage.tables import group_senders, senders, tasks
from core.campaigns.words import Claim
from core.database.sql.place import parse_place
from tests.postgres import Postgres

PROCESSES = 8
PINNED = "procrastinate==3.10.0"
START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=200)  # from claim to claim, so that 25 an hour are never too many
TERMS = Terms(Limits(max_per_hour=25))
_ROWS = 5000


def prepare(url: str, count: int) -> None:
    """A group with so many chats and a sender for each process."""
    engine = open_database(parse_place(url, "bench"))
    with engine.begin() as connection:
        create_group(connection, "g", START)
        for name in ("one", "two", "three"):
            add_message(connection, "g", f"Message {name} for {{title|you}}")
        for number in range(PROCESSES):
            added = (
                insert(senders).values(name=f"s{number}", token=str(number)).returning(senders.c.id)
            )
            sender = connection.execute(added).scalar_one()
            connection.execute(insert(group_senders).values(group_id="g", sender_id=sender))
        add_tasks(connection, 0, count)
        sessions.begin(connection, "g", 1, START, seed=1)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def add_tasks(connection: Connection, begin: int, count: int, status: str = "pending") -> None:
    for first in range(begin, begin + count, _ROWS):
        connection.execute(
            insert(tasks),
            [
                {
                    "group_id": "g",
                    "chat": str(1_000_000 + number),
                    "consent": "bench",
                    "consent_at": START,
                    "status": status,
                    "completed_cycles": int(status == "completed"),
                    "fields": {},
                }
                for number in range(first, min(first + _ROWS, begin + count))
            ],
        )


def claim_for(url: str, place: int, seconds: float, turn: int) -> int:
    """How many tasks one worker gets, one after the other; the clock is years later each turn."""
    engine = open_database(parse_place(url, "bench"))
    with engine.begin() as connection:
        session = sessions.begin(connection, "g", 1, START)
        ids = connection.scalars(select(senders.c.id).order_by(senders.c.id)).all()
    assert session is not None
    print("ready", flush=True)
    sys.stdin.readline()
    now = START + turn * timedelta(days=3650)
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        now += STEP
        with engine.begin() as connection:
            found = claims.claim(connection, session, ids[place], TERMS, now)
        assert isinstance(found, Claim), found
        count += 1
    engine.dispose()
    return count


def together(commands: list[list[str]]) -> int:
    """Start these at one moment; the sum of what they print."""
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for command in commands
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return sum(int(process.communicate()[0]) for process in processes)


def beside_finished(url: str, steps: list[int], claims_a_step: int) -> list[tuple[int, float]]:
    """Milliseconds a claim beside so many finished tasks."""
    engine = open_database(parse_place(url, "bench"))
    found: list[tuple[int, float]] = []
    finished, now = 0, START + timedelta(days=365)
    with engine.begin() as connection:
        session = sessions.begin(connection, "g", 1, START)
        sender = connection.scalars(select(senders.c.id).limit(1)).one()
    assert session is not None
    for step in steps:
        with engine.begin() as connection:
            add_tasks(connection, 10**7 + finished, step - finished, "completed")
        finished = step
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        began = time.monotonic()
        for _claim in range(claims_a_step):
            now += STEP
            with engine.begin() as connection:
                assert isinstance(claims.claim(connection, session, sender, TERMS, now), Claim)
        found.append((finished, (time.monotonic() - began) / claims_a_step * 1000))
    engine.dispose()
    return found


def measure(python: str, *, quick: bool) -> None:
    count = 10_000 if quick else 100_000
    seconds = 2.0 if quick else 5.0
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    server = Postgres(folder)
    server.make()
    server.start()
    try:
        ours, theirs = (server.url(server.new_database()) for _side in range(2))
        prepare(ours, count)
        fetch = str(ROOT / "benchmarks" / "procrastinate_fetch.py")
        subprocess.run([python, fetch, "prepare", theirs, str(count)], check=True)
        rates: dict[str, list[float]] = {"ours": [], "procrastinate": []}
        for turn in range(3):  # in turns, so that a busy moment of the machine meets both
            mine = [
                [
                    sys.executable,
                    "-m",
                    "benchmarks.campaign_claims",
                    "--claim",
                    ours,
                    str(place),
                    str(seconds),
                    str(turn),
                ]
                for place in range(PROCESSES)
            ]
            rates["ours"].append(together(mine) / seconds)
            other = [[python, fetch, "fetch", theirs, str(seconds)]] * PROCESSES
            rates["procrastinate"].append(together(other) / seconds)
        print("| | claims a second, 3 rounds | median |\n|---|---|---|")
        for name, values in rates.items():
            shown = ", ".join(f"{value:.0f}" for value in values)
            print(f"| {name} | {shown} | {sorted(values)[1]:.0f} |")
        ratio = sorted(rates["ours"])[1] / sorted(rates["procrastinate"])[1]
        print(f"\nours / procrastinate: {ratio:.2f}\n")
        print("| finished tasks | ms a claim |\n|---|---|")
        steps = [0, count // 2, count, 3 * count]
        fresh = server.url(server.new_database())
        prepare(fresh, 4000)
        for finished, milliseconds in beside_finished(fresh, steps, 500):
            print(f"| {finished:,} | {milliseconds:.2f} |")
    finally:
        server.stop()


def own_python(folder: Path) -> str:
    """A Python that has procrastinate, which the program itself does not need."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", PINNED], check=True)
    return python


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--procrastinate", metavar="PYTHON")
    parser.add_argument("--claim", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.claim:
        url, place, seconds, turn = options.claim
        print(claim_for(url, int(place), float(seconds), int(turn)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        python = options.procrastinate or own_python(Path(folder))
        measure(python, quick=options.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
