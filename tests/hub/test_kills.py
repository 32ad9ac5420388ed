"""kill -9 at random moments of wizards, starts and tasks.

A user starts one task after another by a wizard, does each thing once and waits for what it does;
meanwhile the hub's process is killed and started again and again, and the service finishes some
tasks and forgets others. In the end: every wizard went on, no task was started twice, what the
service has was followed to its end, what it has not was told as lost, once.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from core.hub.stand_in.telegram import Shown
from tests.hub.world import ANNA, KEY, World

FULL = os.environ.get("TORTURE") == "full"
KILLS = 30 if FULL else 6
ROOT = Path(__file__).resolve().parents[2]


class Process:
    """The hub's process, started again as often as it is killed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._file = world.folder / "hub.json"
        self._file.write_text(
            json.dumps(
                {
                    "folder": str(world.folder),
                    "token": world.telegram.token,
                    "telegram": world.telegram.origin,
                    "admins": [],
                    "workers": world.workers.origin,
                    "realty": world.realty.origin,
                    "phones": world.phones.origin,
                    "key": KEY.reveal(),
                }
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        polls = self._world.telegram.attempts["getUpdates"]
        with (self._world.folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.hub.process", str(self._file)],
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )
        self._world.until(
            lambda: self._world.telegram.attempts["getUpdates"] > polls or self._ended(), 120
        )
        assert not self._ended(), (self._world.folder / "output.txt").read_text()

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        assert self._process is not None
        assert not self._ended(), (self._world.folder / "output.txt").read_text()
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it as an administrator does; returns once it has."""
        if self._process is not None and not self._ended():
            self._process.terminate()
            assert self._process.wait(30) == 0, (self._world.folder / "output.txt").read_text()


class User:
    """Starts one task after another, does each thing once, and never begins a wizard anew."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.links: list[str] = []
        self.enough = threading.Event()
        self.problem: BaseException | None = None
        self._thread = threading.Thread(target=self._live, name="user")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.enough.set()
        self._thread.join(120)
        assert not self._thread.is_alive()
        if self.problem is not None:
            raise self.problem

    def _live(self) -> None:
        try:
            while not self.enough.is_set():
                self._start_one()
        except BaseException as error:
            self.problem = error

    def _start_one(self) -> None:
        link = f"https://www.avito.ru/moskva/kvartiry?number={len(self.links) + 1}"
        self.links.append(link)
        shown = self._world.menu(ANNA)
        shown = self._press(shown, "Недвижимость", "Объявления")
        shown = self._press(shown, "Авито", "шаг 1 из 2")
        self._world.telegram.say(ANNA, link)
        shown = self._now(shown, "шаг 2 из 2")
        shown = self._press(shown, "3", link)
        self._press(shown, "Запустить", "Объявления")

    def _press(self, shown: Shown, caption: str, expect: str) -> Shown:
        self._world.telegram.press(ANNA, shown, caption)
        return self._now(shown, expect)

    def _now(self, shown: Shown, expect: str) -> Shown:
        """What the newest menu says: after a crash it may be another message than before."""
        return self._world.telegram.wait_for(
            ANNA.id, expect, where=lambda one: one.id >= shown.id and bool(one.buttons)
        )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills(world: World) -> None:
    chance = random.Random(20261127)
    world.know(ANNA)
    process, user = Process(world), User(world)
    process.start()
    user.start()
    forgotten: set[str] = set()
    try:
        for _kill in range(KILLS):
            time.sleep(chance.uniform(0.0, 1.5))
            process.kill()
            forgotten |= disturb(world, chance)
            process.start()
        user.stop()
        world.until(
            lambda: (
                not world.query(
                    "SELECT 1 FROM active_tasks WHERE task_id IS NULL AND finished_at IS NULL"
                )
            )
        )
        for work in world.realty.works.all():
            if work.look() == "running":
                world.realty.works.finish(work.id)
        world.until(lambda: not world.query("SELECT 1 FROM active_tasks WHERE finished_at IS NULL"))
        world.until(lambda: not world.query("SELECT 1 FROM task_cards WHERE told != 'told'"))
    finally:
        user.enough.set()
        process.stop()
    check(world, user, forgotten)


def disturb(world: World, chance: random.Random) -> set[str]:
    """While the hub is dead the service finishes some tasks and forgets others; the links of
    those that it forgets."""
    forgotten = set()
    for work in world.realty.works.all():
        if work.look() != "running":
            continue
        fate = chance.random()
        if fate < 0.3:
            world.realty.works.finish(work.id)
        elif fate < 0.6:
            forgotten.add(work.body["avito_url"])
            world.realty.works.forget(work.id)
    return forgotten


def check(world: World, user: User, forgotten: set[str]) -> None:
    rows = world.query(
        "SELECT id, status, request FROM active_tasks JOIN task_cards USING (id) ORDER BY id"
    )
    links = Counter(json.loads(request)["link"] for _id, _status, request in rows)
    assert links == Counter(user.links)  # each wizard went on to its end, and started one task
    posted = Counter(call.body["avito_url"] for call in world.realty.of("POST", "/parse/start"))
    assert not [link for link, count in posted.items() if count > 1]

    states = {json.loads(request)["link"]: status for _id, status, request in rows}
    for link, status in states.items():
        if link not in posted:
            assert status in ("failed", "unknown"), (link, status)
        elif link in forgotten:
            assert status in ("lost", "unknown"), (link, status)
        else:
            assert status in ("completed", "unknown"), (link, status)
    # Unknown are only those whose answer a kill has swallowed: one a kill at the most.
    assert sum(status == "unknown" for status in states.values()) <= KILLS
    assert "completed" in states.values()

    texts = world.telegram.chat(ANNA.id)
    for number, status, _request in rows:
        told = [shown for shown in texts if f"№ {number}:" in shown.text and not shown.silent]
        assert len(told) <= 1, (number, status)
        cards = [shown for shown in texts if f"№ {number}:" in shown.text and shown.silent]
        assert cards, (number, status)
        words = {
            "lost": "потеряна",
            "unknown": "неизвестно",
            "completed": "закончена",
            "failed": "не удалась",
        }
        assert words[status] in cards[-1].text, (number, status, cards[-1].text)
    print(f"{KILLS} kills, {len(rows)} tasks: {Counter(states.values())}")
