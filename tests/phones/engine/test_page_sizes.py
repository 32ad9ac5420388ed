"""No record is lost at any page size, changed at any moment: the rules against an ideal server.

The engine, its threads and the database are the real ones; only HTTP is left out, so that many
servers can be tried.
"""

import random
import sqlite3
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.asking.troubles import Reason, TemporaryTrouble, TokenRejected
from core.phones.collector import Collector, CollectorSetup, RunRequest
from core.phones.engine.session import EngineSettings
from core.phones.events import Mode
from core.phones.storage.meta import PAGE_SIZE
from core.phones.storage.queries.overview import overview
from core.phones.storage.reader import Reader
from core.phones.upstream import Client, Listing, Page, Project


class ChangingServer:
    """Projects of given sizes; pages have `sizes[0]` rows, after request `at[0]` `sizes[1]`…"""

    def __init__(self, projects: Sequence[int], sizes: Sequence[int], *at: int) -> None:
        self._projects = projects
        self._sizes = sizes
        self._at = at
        self._lock = threading.Lock()
        self.requests = 0

    def open_session(self) -> "ChangingServer":
        return self

    def abandon_requests(self) -> None:
        pass

    def close(self) -> None:
        pass

    def clients(self) -> Listing[Client]:
        return Listing([Client(1, "d.one")])

    def projects(self, client_id: int) -> Listing[Project]:
        numbers = range(1, len(self._projects) + 1)
        return Listing(Project(number, f"p{number}", 1) for number in numbers)

    def probe(self) -> None:
        pass

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        with self._lock:
            self.requests += 1
            rows = self._sizes[bisect_left(self._at, self.requests)]
        return self.answer(project_id, number, rows)

    def answer(self, project_id: int, number: int, rows: int) -> Page:
        """The page as it is where pages have `rows` rows."""
        first = (number - 1) * rows
        last = min(first + rows, self._projects[project_id - 1])
        phones = [f"7907{project_id:03d}{row:04d}" for row in range(first, last)]
        return Page(phones, ["2026-01-01 10:00:00"] * len(phones))


class JammedServer(ChangingServer):
    """One on a bad line: requests reach it late, and its answers come late, in any order."""

    def __init__(self, projects: Sequence[int], sizes: tuple[int, int], at: int, seed: int) -> None:
        super().__init__(projects, sizes, at)
        self._random = random.Random(seed)

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        self._jam()
        page = super().page(project_id, number)
        self._jam()
        return page

    def _jam(self) -> None:
        with self._lock:
            seconds = self._random.choice((0, 0, 0, 0, 0.001, 0.002, 0.02))
        time.sleep(seconds)


class HeldServer(ChangingServer):
    """Page 2 of the second project waits on its way there until pages have grown; all else then
    waits until the engine has judged it."""

    def __init__(self, projects: Sequence[int], sizes: Sequence[int], at: int) -> None:
        super().__init__(projects, sizes, at)
        self._grown = threading.Event()
        self._judged = threading.Event()
        self._held = 0

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        if (project_id, number) == (2, 2):
            self._held = threading.get_ident()
            assert self._grown.wait(20)
        elif threading.get_ident() == self._held:
            self._judged.set()
        elif self.requests >= self._at[0]:
            self._grown.set()
            assert self._judged.wait(20)
        return super().page(project_id, number)


class StumblingServer(ChangingServer):
    """Fails once at page 2 of the second project."""

    stumbled = False

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        if (project_id, number) == (2, 2) and not self.stumbled:
            self.stumbled = True
            raise TemporaryTrouble(Reason.SERVER_ERROR)
        return super().page(project_id, number)


class RejectingServer(ChangingServer):
    """Takes no token at the first request after a change."""

    rejected = False

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        if self.requests == self._at[0] and not self.rejected:
            self.rejected = True
            raise TokenRejected(Reason.TOKEN_REJECTED)
        return super().page(project_id, number)


def collect_into(database: Path, server: ChangingServer, mode: Mode, workers: int = 2) -> None:
    engine = EngineSettings(workers=workers, delay=0.0, max_retries=0)
    collector = Collector(CollectorSetup(database, engine, lambda: server))
    collector.start(RunRequest(mode=mode))
    assert collector.wait(60)


def collected(server: ChangingServer, workers: int) -> int:
    """How many different phones a run of the real engine stores."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "phones.db"
        collect_into(database, server, Mode.FULL, workers)
        with Reader(database) as reader:
            return overview(reader).phones


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    projects=st.lists(st.integers(0, 70), min_size=1, max_size=40),
    sizes=st.tuples(st.integers(2, 20), st.integers(2, 40)),
    at=st.integers(0, 90),
    workers=st.integers(1, 4),
)
def test_one_change_of_the_page_size_loses_nothing(
    projects: list[int], sizes: tuple[int, int], at: int, workers: int
) -> None:
    # The size must have been seen once before it changes: three pages of the first project.
    projects = [3 * sizes[0], *projects]
    server = ChangingServer(projects, sizes, 3 * workers + at)
    assert collected(server, workers) == sum(projects)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    projects=st.lists(st.integers(0, 70), min_size=1, max_size=40),
    sizes=st.tuples(st.integers(2, 20), st.integers(2, 40)),
    at=st.integers(0, 90),
    workers=st.integers(2, 12),
    seed=st.integers(),
)
def test_requests_that_overtake_each_other_lose_nothing(
    projects: list[int], sizes: tuple[int, int], at: int, workers: int, seed: int
) -> None:
    projects = [3 * sizes[0], *projects]
    server = JammedServer(projects, sizes, 3 * workers + at, seed)
    assert collected(server, workers) == sum(projects)


def test_records_that_came_twice_when_pages_shrank_count_once(tmp_path: Path) -> None:
    collect_into(tmp_path / "phones.db", ChangingServer([100, 60], (40, 25), 1), Mode.FULL, 1)
    with Reader(tmp_path / "phones.db") as reader:
        assert overview(reader).phones == 160
        assert overview(reader).records == 160


def test_a_request_overtaken_by_hundreds_meets_grown_pages_and_loses_nothing() -> None:
    """Page 2 by the new numbering begins at row 25: rows 10 to 24 were never there."""
    projects = [30, 31, *[15] * 300]
    server = HeldServer(projects, (10, 25), 400)
    assert collected(server, 2) == sum(projects)


def test_a_project_begun_before_pages_grew_is_begun_again() -> None:
    projects = [30, 30, *[15] * 20, 100, 100]
    server = StumblingServer(projects, (10, 25), 30)
    assert collected(server, 1) == sum(projects)


def test_a_project_taken_up_again_after_a_second_change_begins_at_page_1() -> None:
    """Pages shrink to 8 rows, and the fifth project is taken for complete on 8 of 24. The sixth
    shows better, but when the fifth is taken up again, pages have 26: page 2 is empty."""
    projects = [60, 5, 5, 5, 24, 30, 60]
    server = ChangingServer(projects, (20, 8, 26), 10, 16)
    assert collected(server, 1) == sum(projects)


def test_pages_that_grow_after_the_program_was_killed_lose_nothing(tmp_path: Path) -> None:
    projects = [20, 30, 60]
    database = tmp_path / "phones.db"
    server = RejectingServer(projects, (8, 26), 7)
    engine = EngineSettings(workers=1, delay=0.0)
    collector = Collector(CollectorSetup(database, engine, lambda: server))
    assert collector.start(RunRequest())
    assert collector.wait(60)
    assert server.rejected
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("DELETE FROM meta WHERE key = ?", [PAGE_SIZE])  # a killed run leaves none
    assert collector.resume()
    assert collector.wait(60)
    with Reader(database) as reader:
        assert overview(reader).phones == sum(projects)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    projects=st.lists(st.tuples(st.integers(0, 70), st.integers(0, 30)), min_size=1, max_size=40),
    sizes=st.tuples(st.integers(2, 20), st.integers(2, 40)),
    at=st.integers(0, 90),
    mode=st.sampled_from(list(Mode)),
)
def test_nothing_is_lost_where_an_earlier_run_knew_another_size(
    projects: list[tuple[int, int]], sizes: tuple[int, int], at: int, mode: Mode
) -> None:
    """Projects were read, have grown since, and then the size changes, at once or later."""
    before = [3 * sizes[0], *(old for old, _ in projects)]
    after = [3 * sizes[0], *(old + new for old, new in projects)]
    with TemporaryDirectory() as folder:
        database = Path(folder) / "phones.db"
        for server, how in (
            (ChangingServer(before, (sizes[0], sizes[0]), 0), Mode.FULL),
            (ChangingServer(after, sizes, at), mode),
        ):
            collect_into(database, server, how)
        with Reader(database) as reader:
            assert overview(reader).phones == sum(after)


def test_a_project_that_fills_its_pages_exactly_hides_no_other() -> None:
    """The page after the last 9 is empty: that is the end of that project, not of all like it."""
    server = ChangingServer([1, 2, 3, 9, 9, 9, 18, 9], (9, 9), 0)
    assert collected(server, 1) == 60


def test_a_continued_run_looks_into_the_ends_of_the_earlier_session(tmp_path: Path) -> None:
    database = tmp_path / "phones.db"
    server = RejectingServer([1, 2, 3, 9, 18, 9], (9, 9), 9)
    collector = Collector(
        CollectorSetup(database, EngineSettings(workers=1, delay=0.0), lambda: server)
    )
    assert collector.start(RunRequest())
    assert collector.wait(60)
    assert server.rejected
    assert collector.resume()
    assert collector.wait(60)
    with Reader(database) as reader:
        assert overview(reader).phones == 42


@pytest.mark.parametrize("seed", range(3))
def test_where_no_project_fills_a_page_the_end_costs_a_request_or_two(seed: int) -> None:
    """Nothing proves a size there, so about ln(projects) pages are looked into as the longest so
    far; but not each that ended on a length which one of the last ones has too."""
    chance = random.Random(seed)
    projects = [chance.randint(*chance.choice([(0, 20)] * 14 + [(100, 900)])) for _ in range(300)]
    server = ChangingServer(projects, (1000, 1000), 0)
    assert collected(server, 1) == sum(projects)
    assert server.requests <= 300 + 16


def test_many_projects_of_the_same_few_sizes_cost_no_more_requests() -> None:
    """What an account looks like: half of the projects have ten records at most."""
    chance = random.Random(1)
    kinds = [(0, 10), (0, 10), (0, 10), (10, 100), (100, 900), (1000, 3000)]
    weights = [2, 2, 1, 3, 1.5, 0.5]
    projects = [chance.randint(*kind) for kind in chance.choices(kinds, weights, k=900)]
    server = ChangingServer(projects, (1000, 1000), 0)
    assert collected(server, 5) == sum(projects)
    assert server.requests <= sum(size // 1000 + 1 for size in projects) * 1.02


def test_requests_stay_near_the_minimum_where_the_size_holds() -> None:
    """At most 2 % above one page more than the full ones, beside the checks at the start."""
    projects = [(number * 37) % 61 for number in range(900)]
    server = ChangingServer(projects, (20, 20), 0)
    assert collected(server, 1) == sum(projects)
    least = sum(size // 20 + 1 for size in projects)
    assert server.requests <= least * 1.02 + 30
