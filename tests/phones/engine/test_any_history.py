"""Whatever an account goes through, and however it is read, the database equals the account.

A model beside the real engine and a real file; only HTTP is left out. After each run the database
holds what the server has had, but for the exceptions below: each is one of docs/reliability.md, in
code, so that it is seen and cannot grow by itself.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from core.asking.troubles import Reason, Refused, TemporaryTrouble
from core.phones.engine.reading_plan import HEADS_IN_A_ROW
from core.phones.engine.session import EngineSettings
from core.phones.events import Mode, RunFinished, RunStatus
from core.phones.upstream import Page
from tests.phones.engine.list_server import Account, HurriedClock, ListServer, Record

FULL_TORTURE = os.environ.get("TORTURE") == "full"
PAGES = st.sampled_from([3, 8, 10, 13, 25])  # records a page
FULL_EVERY = 10
PROJECTS = st.integers(1, 5)
SIZES = st.integers(0, 65)
MOST_KILLS = 6 if FULL_TORTURE else 2
ORDERS = st.sampled_from(["rising", "falling", "untimed"])


class Exceptions:
    """What quick runs may leave unseen of a project, by what happened to it since its last full
    read: docs/reliability.md, 'What each mode promises'."""

    def __init__(self) -> None:
        self.came = self.went = False
        self.behind_front: int | None = None  # quick reads since something came behind the front

    def allow(self) -> bool:
        """Changes that cancel each other out, until the next full read; and for HEADS_IN_A_ROW
        quick reads what came behind a front that grows."""
        cancel = self.came and self.went
        return cancel or (self.behind_front is not None and self.behind_front <= HEADS_IN_A_ROW)

    def read(self) -> None:
        if self.behind_front is not None:
            self.behind_front += 1


class UnsteadyServer(ListServer):
    """Shortens pages by a fixed choice, fails now and then, may repeat its last page."""

    def __init__(self) -> None:
        super().__init__({})
        self.short: set[tuple[int, int]] = set()
        self.repeats = False
        self.refused: set[int] = set()
        self.failing = 0.0
        self.chance = random.Random(0)

    def cut(self, project_id: int, number: int) -> list[Record]:
        if self.repeats:
            number = min(number, max(1, self.pages(project_id)))
        records = super().cut(project_id, number)
        return records[1:] if (project_id, number) in self.short else records

    def pages(self, project_id: int) -> int:
        return -(-len(self.projects[project_id]) // self.page_size)

    def given(self, project_id: int) -> list[Record]:
        """What its pages hold."""
        numbers = range(1, self.pages(project_id) + 1)
        return [one for number in numbers for one in self.cut(project_id, number)]

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        if project_id in self.refused:
            self.asked.append((project_id, number))
            raise Refused(Reason.REFUSED, "blocked")
        if self.chance.random() < self.failing:
            raise TemporaryTrouble(Reason.DROPPED)
        return super().page(project_id, number, date)


class AnyHistory(RuleBasedStateMachine):
    """One account over many days."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.server = UnsteadyServer()
        self.clock = 0
        self.orders: dict[int, str] = {}
        self.unseen: dict[int, Exceptions] = {}
        self.grew_in_front: set[int] = set()
        self.had: set[tuple[int, str]] = set()  # all that was ever given while it was read
        self.uneven_told = False
        self.started_anew = True  # told by the rules alone: what threads did must choose no rule
        engine = EngineSettings(workers=2, delay=0.0, max_retries=2, quick_full_every=FULL_EVERY)
        self.account = Account(self.server, self.folder / "phones.db", engine)
        self.account.collector._clock = HurriedClock()

    def teardown(self) -> None:
        self.account.collector.stop()
        assert self.account.collector.wait(20)
        shutil.rmtree(self.folder)

    def record(self, order: str, place: float) -> Record:
        """A number of its own; its time fits its place in the order."""
        self.clock += 1
        day = {"rising": place, "falling": 1 - place, "untimed": 0.5}[order]
        return f"7907{self.clock:07d}", f"2026-01-{1 + round(day * 27):02d} 10:00:00"

    @initialize(sizes=st.lists(st.tuples(SIZES, ORDERS), min_size=1, max_size=5), page=PAGES)
    def begin(self, sizes: list[tuple[int, str]], page: int) -> None:
        self.server.page_size = page
        for number, (size, order) in enumerate(sizes, start=1):
            self.orders[number] = order
            self.unseen[number] = Exceptions()
            places = [place / max(1, size) for place in range(size)]
            self.server.projects[number] = [self.record(order, place) for place in places]

    # What happens to the account

    def _a_project(self, number: int) -> int:
        return 1 + number % len(self.server.projects)

    @rule(number=PROJECTS, count=st.integers(1, 25), front=st.booleans())
    def grows_at_an_end(self, number: int, count: int, front: bool) -> None:
        project = self._a_project(number)
        records = self.server.projects[project]
        place = 0.0 if front else 1.0
        for _ in range(count):
            records.insert(0 if front else len(records), self.record(self.orders[project], place))
        if front:
            self.grew_in_front.add(project)
        self._came(project, behind_front=not front)

    @rule(number=PROJECTS, place=st.floats(0.1, 0.9))
    def grows_in_the_middle(self, number: int, place: float) -> None:
        project = self._a_project(number)
        records = self.server.projects[project]
        records.insert(int(place * len(records)), self.record(self.orders[project], place))
        self._came(project, behind_front=True)

    def _came(self, project: int, *, behind_front: bool) -> None:
        unseen = self.unseen[project]
        unseen.came = True
        # A project whose times rise is one of those, too, once it grew at the front.
        if behind_front and (self.orders[project] != "rising" or project in self.grew_in_front):
            unseen.behind_front = 0

    @rule(number=PROJECTS, place=st.floats(0, 0.99))
    def loses_a_record(self, number: int, place: float) -> None:
        project = self._a_project(number)
        records = self.server.projects[project]
        if records:
            del records[int(place * len(records))]
            self.unseen[project].went = True

    @rule(number=PROJECTS, page=st.integers(1, 6))
    def shortens_a_page(self, number: int, page: int) -> None:
        self.server.short.add((self._a_project(number), page))

    @rule(page=PAGES)
    def changes_its_page_size(self, page: int) -> None:
        self.server.page_size = page

    @rule(repeats=st.booleans())
    def repeats_its_last_page(self, repeats: bool) -> None:
        self.server.repeats = repeats

    @rule(share=st.sampled_from([0.0, 0.1, 0.3]), seed=st.integers(0, 99))
    def fails_now_and_then(self, share: float, seed: int) -> None:
        self.server.failing, self.server.chance = share, random.Random(seed)

    @rule(number=st.none() | PROJECTS)
    def refuses_a_project(self, number: int | None) -> None:
        self.server.refused = set() if number is None else {self._a_project(number)}

    # How it is read

    @rule(mode=st.sampled_from([Mode.FULL, Mode.QUICK, Mode.QUICK, Mode.SMART]))
    def is_read(self, mode: Mode) -> None:
        self.started_anew = False
        self._check_end(self.account.run(mode), mode)

    @rule(mode=st.sampled_from([Mode.FULL, Mode.QUICK]), after=st.integers(2, 30))
    def is_read_with_stops(self, mode: Mode, after: int) -> None:
        self.started_anew = False
        asked = 0

        def stop(project: int, number: int) -> None:
            nonlocal asked
            asked += 1
            if asked % after == 0 and asked < 200:
                self.account.collector.stop()

        self.server.before_page = stop
        finished = self.account.run(mode)
        sessions = 1
        while finished.status is RunStatus.STOPPED:
            if sessions > 6:
                self.server.before_page = lambda project, number: None
            assert self.account.collector.resume()
            finished = self.account.end()
            sessions += 1
        self.server.before_page = lambda project, number: None
        self._check_end(finished, mode, sessions)

    @precondition(lambda self: sys.platform != "win32")
    @rule(mode=st.sampled_from([Mode.FULL, Mode.QUICK]), after=st.lists(st.integers(1, 25)))
    def is_read_with_kills(self, mode: Mode, after: list[int]) -> None:
        """Processes of their own, each killed by kill -9 at a request, and one that goes on."""
        self.started_anew = False
        begun = self._newest_run()
        for requests in after[:MOST_KILLS]:
            if self._in_a_process_killed_at(requests, mode, begun):
                continue
            break
        self._another_process()
        newest = self._newest_run()
        if newest == begun:  # killed before there was anything to go on with
            finished = self.account.run(mode)
        elif newest is not None and newest[1] == RunStatus.COMPLETED:
            self._check(mode)
            return
        else:
            self.server.asked.clear()
            assert self.account.collector.resume()
            finished = self.account.end()
        self._check_end(finished, mode, sessions=1 + len(after))

    def _in_a_process_killed_at(
        self, requests: int, mode: Mode, begun: "tuple[int, str] | None"
    ) -> bool:
        """Whether it was killed before it had read everything."""
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
            return os.WIFSIGNALED(status)
        try:
            left = iter(range(requests, -1, -1))

            def die(project: int, number: int) -> None:
                if next(left) == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            self.server.before_page = die
            self._another_process()
            if self._newest_run() == begun:
                self.account.run(mode)
            elif self.account.collector.resume():
                self.account.end()
            os._exit(0)
        finally:
            os._exit(1)

    def _newest_run(self) -> "tuple[int, str] | None":
        if not self.account.database.exists():
            return None
        with closing(sqlite3.connect(self.account.database)) as db:
            tables = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchall()
            rows = tables and db.execute("SELECT id, status FROM runs ORDER BY id DESC").fetchall()
        return rows[0] if rows else None

    @precondition(lambda self: not self.started_anew)
    @rule()
    def another_process_goes_on(self) -> None:
        self.started_anew = True
        self._another_process()

    def _another_process(self) -> None:
        """The program is started anew: nothing is in memory but the file."""
        engine = self.account.collector.setup.engine
        self.account = Account(self.server, self.account.database, engine)
        self.account.collector._clock = HurriedClock()

    def _check_end(self, finished: RunFinished, mode: Mode, sessions: int = 1) -> None:
        assert finished.status is RunStatus.COMPLETED
        self._check(mode)
        self._count(sessions)

    def _check(self, mode: Mode) -> None:
        stored = self._stored()
        done = self._done()
        for project in self.server.projects:
            if project not in done:
                continue  # it failed, or a smart run did not choose it
            unseen = self.unseen[project]
            missing = {phone for phone, _ in self.server.given(project)} - stored.get(
                project, set()
            )
            lacked = self._ended_on_a_page_that_lacked_one(project)
            if mode is Mode.FULL:
                self.unseen[project] = Exceptions()
                assert not missing or lacked, (project, missing)
            elif project in done:
                unseen.read()
                assert not missing or lacked or unseen.allow(), (project, missing)

    def _ended_on_a_page_that_lacked_one(self, project: int) -> bool:
        """docs/reliability.md: a page shortened in the middle passes for the last one where the run
        saw no other that gave the server away."""
        return any(short == project for short, _ in self.server.short) and not self._known_uneven()

    def _known_uneven(self) -> bool:
        with closing(sqlite3.connect(self.account.database)) as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'pages_uneven'").fetchone()
        return row == ("1",)

    def _stored(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        with closing(sqlite3.connect(self.account.database)) as db:
            rows = db.execute(
                "SELECT l.project_id, p.phone FROM project_phones l"
                " JOIN phones p ON p.id = l.phone_id"
            )
            for project, phone in rows:
                found.setdefault(project, set()).add(phone[1:])
        return found

    def _done(self) -> set[int]:
        with closing(sqlite3.connect(self.account.database)) as db:
            rows = db.execute(
                "SELECT project_id FROM run_projects WHERE state = 'done'"
                " AND run_id = (SELECT max(id) FROM runs)"
            )
            return {project for (project,) in rows}

    def _count(self, sessions: int) -> None:
        """A bound on the requests of a run: each page at most twice, an end more a project, a look
        or two, and what every stop had in flight."""
        if self.server.failing:
            return
        pages = sum(self.server.pages(project) + 1 for project in self.server.projects)
        projects = len(self.server.projects)
        assert len(self.server.asked) <= 2 * pages + 4 * projects + 6 + 3 * sessions

    @invariant()
    def nothing_is_stored_that_the_server_never_had(self) -> None:
        if not self.account.events:
            return
        for project, phones in self._stored().items():
            self.had |= {(project, phone) for phone, _ in self.server.projects[project]}
            assert {int(phone[4:]) for phone in phones} <= set(range(1, self.clock + 1))

    @invariant()
    def every_record_is_accounted_for(self) -> None:
        if not self.account.events:
            return
        with closing(sqlite3.connect(self.account.database)) as db:
            for table in ("runs", "run_projects"):
                wrong = db.execute(
                    f"SELECT * FROM {table}"
                    " WHERE received <> new_phones + known + repeated + rejected"
                )
                assert wrong.fetchall() == []


AnyHistory.TestCase.settings = settings(
    max_examples=1000 if FULL_TORTURE else 8,
    stateful_step_count=30 if FULL_TORTURE else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyHistory = pytest.mark.timeout(1800)(AnyHistory.TestCase)
