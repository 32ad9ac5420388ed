"""A day is the local day wherever people choose or see one."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.phones.reports.names import ReportName
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phones import count_phones
from core.phones.storage.reader import Reader
from tests.gui.conftest import Stage, open_on, rows
from tests.phones.reports.asking import ask

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs tzset"),
]


@pytest.fixture(params=["Etc/GMT-10", "Etc/GMT+9"])
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def seen_at(database: Path, moments: dict[int, datetime]) -> None:
    """The first sighting of these phones, by id; all others are long past."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE phones SET first_seen = 1000000000, last_seen = 2000000000")
        for phone, moment in moments.items():
            db.execute(
                "UPDATE phones SET first_seen = ? WHERE id = ?", (int(moment.timestamp()), phone)
            )


@pytest.mark.usefixtures("zone")
def test_first_seen_today_is_the_local_day(stage: Stage, database: Path) -> None:
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    second = timedelta(seconds=1)
    seen_at(database, {1: midnight - second, 2: midnight, 3: midnight + timedelta(hours=23)})
    window = open_on(stage, database, "data")
    view = window.view("data")
    stage.until(lambda: view.table.tree.get_children())
    view.filters.period._choose("today")
    stage.until(lambda: set(view.table.tree.get_children()) == {"2", "3"})
    cells = {view.table.values(key)[4] for key in ("2", "3")}
    assert len(cells) == 1  # and both are shown with that day


@pytest.mark.usefixtures("zone")
def test_periods_of_queries_and_exports_are_local_days(database: Path, tmp_path: Path) -> None:
    day = date(2026, 11, 21)
    begin = datetime(2026, 11, 21).astimezone()
    seen_at(
        database,
        {
            1: begin - timedelta(seconds=1),
            2: begin,
            3: begin + timedelta(hours=24, seconds=-1),
            4: begin + timedelta(hours=24),
        },
    )
    with Reader(database) as reader:
        assert count_phones(reader, PhoneFilter(since=day, until=day)).value == 2
    assert ask(database, tmp_path, ReportName.PHONES, since=day, until=day).rows == 2
    assert ask(database, tmp_path, ReportName.BASE, since=day, until=day).rows == 2
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE runs SET started_at = '2020-01-01T00:00:00Z'")
        for run, moment in ((1, begin - timedelta(seconds=1)), (2, begin)):
            text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            db.execute("UPDATE runs SET started_at = ? WHERE id = ?", (text, run))
    assert ask(database, tmp_path, ReportName.SUMMARY, since=day, until=day).rows == 1
    assert rows(database, "SELECT count(*) FROM runs") == [(5,)]
