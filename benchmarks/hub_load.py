"""The hub under load: how long a press takes to show, and how much memory the hub has.

    python -m benchmarks.hub_load [--users N] [--tasks N] [--presses PER_SECOND] [--seconds N]

The hub runs in a process of its own, with the rhythm of every day: a task is looked at every 15 s
while its user presses, and every user does. The stand-ins of Telegram and of the services run in
this process, on the same machine. Each press goes to the menu of the next user; the answer counts
as shown when the stand-in of Telegram has taken the changed message.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import psutil

from benchmarks import report
from core.hub.database import tasks
from core.hub.database.store import open_database
from core.hub.database.tasks import Status, TaskType
from core.hub.program import utc_now
from core.hub.stand_in.telegram import MadeUpPerson, Shown
from tests.hub.world import KEY, World

ROOT = Path(__file__).parents[1]
FIRST_ID = 7_100_000_000
WORK_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Load:
    users: int
    tasks: int
    presses_a_second: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds from a press to its answer; memory in MB (10^6 bytes)."""

    answers: list[float]
    memory: float
    memory_at_start: float
    processor: float  # share of one core
    looks: int  # at tasks, within the time measured
    edits: int


def people(world: World, load: Load) -> list[MadeUpPerson]:
    """Users with tasks that their services know."""
    found = [MadeUpPerson(FIRST_ID + n, f"user{n}", f"User {n}") for n in range(load.users)]
    for person in found:
        world.know(person)
    db = open_database(world.database)
    try:
        db.execute("BEGIN")
        for number in range(load.tasks):
            person = found[number % len(found)]
            link = {"link": "https://www.avito.ru/moskva/kvartiry", "pages": 100}
            row = tasks.add(db, person.id, TaskType.AVITO, link, utc_now())
            tasks.note_posting(db, row)
            work = world.realty.works.begin({"user_id": person.id, "avito_url": "x", "pages": 100})
            tasks.began(db, row, work.id, Status.RUNNING)
        db.execute("COMMIT")
    finally:
        db.close()
    return found


def start(world: World) -> "subprocess.Popen[bytes]":
    file = world.folder / "hub.json"
    told = {
        "folder": str(world.folder),
        "token": world.telegram.token,
        "telegram": world.telegram.origin,
        "admins": [],
        "workers": world.workers.origin,
        "realty": world.realty.origin,
        "phones": world.phones.origin,
        "key": KEY.reveal(),
        "attended": 15.0,
        "alone": 120.0,
        "look": 15.0,
        "tick": 0.1,
        "log": "INFO",
    }
    file.write_text(json.dumps(told))
    process = subprocess.Popen([sys.executable, "-m", "tests.hub.process", str(file)], cwd=ROOT)
    world.until(lambda: world.telegram.attempts["getUpdates"] > 0, 120)
    return process


def menus(world: World, persons: list[MadeUpPerson]) -> dict[int, Shown]:
    """Everybody asks for the menu; and the cards of all tasks are there before it is measured."""
    for person in persons:
        world.telegram.say(person, "/menu")
        time.sleep(0.01)
    return {person.id: world.telegram.wait_for(person.id, "Нажмите кнопку") for person in persons}


def press_for(world: World, persons: list[MadeUpPerson], load: Load) -> dict[int, list[float]]:
    """Press at the given pace; when each user pressed."""
    pressed: dict[int, list[float]] = defaultdict(list)
    begun = time.monotonic()
    for number, person in enumerate(cycle(persons)):
        due = begun + number / load.presses_a_second
        if due - begun > load.seconds:
            break
        time.sleep(max(0.0, due - time.monotonic()))
        menu, data = next(
            (one, data)
            for one in world.telegram.chat(person.id)
            for _caption, data in flat(one)
            if data.startswith(("go|realty|", "back|"))
        )
        pressed[person.id].append(time.monotonic())
        world.telegram.press_data(person, menu.id, data)
    return pressed


def flat(shown: Shown) -> list[tuple[str, str]]:
    return [pair for row in shown.buttons for pair in row]


def measure(load: Load) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), seconds=WORK_SECONDS)
        process = None
        try:
            persons = people(world, load)
            process = start(world)
            seen = psutil.Process(process.pid)
            at_start = seen.memory_info().rss / 1e6
            shown = menus(world, persons)
            time.sleep(5)
            looks = len(world.realty.of("GET", "/parse/status"))
            first = len(world.telegram.calls)
            before = seen.cpu_times()
            begun = time.monotonic()
            pressed = press_for(world, persons, load)
            time.sleep(3)
            took = time.monotonic() - begun
            after = seen.cpu_times()
            edits = [
                call for call in world.telegram.calls[first:] if call.method == "editMessageText"
            ]
            return Result(
                answers=waits(pressed, shown, edits),
                memory=seen.memory_info().rss / 1e6,
                memory_at_start=at_start,
                processor=(after.user + after.system - before.user - before.system) / took,
                looks=len(world.realty.of("GET", "/parse/status")) - looks,
                edits=len(edits),
            )
        finally:
            if process is not None:
                process.terminate()
                process.wait()
            world.close()


def waits(pressed: dict[int, list[float]], shown: dict[int, Shown], edits: list) -> list[float]:  # type: ignore[type-arg]
    """From each press to the next change of that user's menu, in milliseconds."""
    changes: dict[int, list[float]] = defaultdict(list)
    for call in edits:
        chat, message = int(call.fields["chat_id"]), int(call.fields["message_id"])
        if shown[chat].id == message:
            changes[chat].append(call.at)
    found = []
    for user, moments in pressed.items():
        for moment in moments:
            later = [at for at in changes[user] if at >= moment]
            found.append(1000 * (min(later) - moment) if later else float("inf"))
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else "")
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--presses", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    load = Load(options.users, options.tasks, options.presses, options.seconds)
    before = report.load()
    result = measure(load)
    share = statistics.quantiles(result.answers, n=100)
    rows: list[report.Row] = [
        {
            "users": load.users,
            "tasks": load.tasks,
            "presses a second": load.presses_a_second,
            "presses": len(result.answers),
            "median": f"{share[49]:.0f} ms",
            "p95": f"{share[94]:.0f} ms",
            "most": f"{result.answers[-1]:.0f} ms",
            "memory": f"{result.memory:.0f} MB",
            "at the start": f"{result.memory_at_start:.0f} MB",
            "processor": f"{result.processor:.0%} of a core",
            "looks at tasks": result.looks,
            "messages changed": result.edits,
        }
    ]
    print(f"{report.machine()}; load {before} before, {report.load()} after")
    print(report.table(rows))


if __name__ == "__main__":
    main()
