"""No record is lost at any page size, changed at any moment: the rules against an ideal server.

The engine, its threads and the database are the real ones; only HTTP is left out, so that many
servers can be tried.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.collector import Collector, CollectorSetup, RunRequest
from core.engine.page_ends import PageEnds, Verdict
from core.engine.session import EngineSettings
from core.events import Mode
from core.storage.queries.overview import overview
from core.storage.reader import Reader
from core.upstream import Client, Page, Project


class ChangingServer:
    """Projects of given sizes; from request `at` on pages have `sizes[1]` rows, not `sizes[0]`."""

    def __init__(self, projects: Sequence[int], sizes: tuple[int, int], at: int) -> None:
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

    def clients(self) -> list[Client]:
        return [Client(1, "d.one")]

    def projects(self, client_id: int) -> list[Project]:
        return [Project(number, f"p{number}", 1) for number in range(1, len(self._projects) + 1)]

    def probe(self) -> None:
        pass

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        with self._lock:
            self.requests += 1
            rows = self._sizes[self.requests > self._at]
        first = (number - 1) * rows
        last = min(first + rows, self._projects[project_id - 1])
        phones = [f"7907{project_id:03d}{row:04d}" for row in range(first, last)]
        return Page(phones, ["2026-01-01 10:00:00"] * len(phones))


def collect_into(database: Path, server: ChangingServer, mode: Mode, workers: int = 2) -> None:
    engine = EngineSettings(workers=workers, delay=0.0)
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


@pytest.mark.parametrize(("known", "verdict"), [(30, Verdict.MORE), (20, Verdict.ASSUMED_LAST)])
def test_a_page_shorter_than_the_project_was_is_looked_into(known: int, verdict: Verdict) -> None:
    ends = PageEnds(1000)
    ends.judge(900, 1, 0, 0)
    ends.judge(0, 2, 900, 1)
    for request in (3, 4, 5):  # nor do others of the same length make it suspicious
        assert ends.judge(20, request, 0, 0, known).verdict is verdict


def test_a_page_that_is_full_at_the_end_settles_what_was_in_doubt() -> None:
    ends = PageEnds(1000)
    ends.judge(900, 1, 0, 0)
    ends.judge(0, 2, 900, 1)
    for request, length in ((3, 700), (4, 600), (5, 500)):
        ends.judge(length, request, 0, 0, 0)
    ends.shown(800, 6)  # not full: it says nothing
    assert ends.doubtful_lengths() == [500, 600, 700]
    ends.shown(1000, 4)  # asked for before the last two
    assert ends.doubtful_lengths() == [500, 600]
    ends.shown(1000, 6)
    assert ends.doubtful_lengths() == []


def test_requests_stay_near_the_minimum_where_the_size_holds() -> None:
    """At most 2 % above one page more than the full ones, beside the checks at the start."""
    projects = [(number * 37) % 61 for number in range(900)]
    server = ChangingServer(projects, (20, 20), 0)
    assert collected(server, 1) == sum(projects)
    least = sum(size // 20 + 1 for size in projects)
    assert server.requests <= least * 1.02 + 30


@pytest.mark.parametrize("length", [1000, 1001])
def test_a_full_page_is_never_the_last(length: int) -> None:
    assert PageEnds(1000).judge(length, 1, 0, 0).verdict is Verdict.MORE


def test_a_short_page_is_in_doubt_until_a_longer_one_comes() -> None:
    ends = PageEnds(1000)
    ends.judge(900, 1, 0, 0)
    ends.judge(0, 2, 900, 1)  # the check at first
    assert ends.judge(700, 3, 0, 0).verdict is Verdict.ASSUMED_LAST
    assert ends.doubtful_lengths() == [700]
    ends.judge(800, 4, 0, 0)
    assert ends.doubtful_lengths() == [800]


def test_a_page_asked_for_earlier_settles_no_doubt() -> None:
    ends = PageEnds(1000)
    ends.judge(900, 1, 0, 0)
    ends.judge(0, 2, 900, 1)
    ends.judge(700, 5, 0, 0)
    ends.judge(800, 4, 0, 0)  # asked for before, answered after
    assert 700 in ends.doubtful_lengths()


def test_a_request_overtaken_by_a_proof_is_read_again() -> None:
    """Number 38 was started before 41 and may have been answered after pages had grown."""
    ends = PageEnds()
    ends.judge(1000, 44, 1000, 41)
    grown = ends.judge(5000, 45, 0, 0)
    assert grown.reread_after is not None
    assert grown.reread_after < 38
