"""The cars' jobs against a built-in vendor, and what must be true afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, select

from core.asking.troubles import TemporaryTrouble
from core.cars.jobs.feed import FeedReport
from core.cars.jobs.job import MOSCOW, Fetching, Surroundings
from core.cars.jobs.load import Load, LoadReport
from core.cars.jobs.normalize import NormalizeReport, Normalizing
from core.cars.jobs.update import update
from core.cars.listener import Progress
from core.cars.normal.listing import normalize
from core.cars.program import Program
from core.cars.settings import load_settings
from core.cars.stand_in.market import Market
from core.cars.stand_in.server import VendorServer
from core.cars.storage.reading import contradictions
from core.cars.storage.state import SyncState, read_state
from core.cars.tables import processed_data, raw_data
from core.clock import SystemClock
from core.database.sql.engine import open_engine
from core.database.sql.place import parse_place
from core.stop import StopSignal


@dataclass
class Heard:
    """A listener that remembers."""

    told: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    on_progress: Any = None

    def progress(self, progress: Progress) -> None:
        if self.on_progress is not None:
            self.on_progress(progress)

    def retried(
        self, about: str, trouble: TemporaryTrouble, attempt: int, attempts: int, wait: float
    ) -> None:
        self.told.append(f"retried {about}")

    def silent_until(self, until: datetime, trouble: TemporaryTrouble) -> None:
        self.told.append("silent")

    def silence_over(self) -> None:
        self.told.append("silence over")

    def outage_began(self, trouble: TemporaryTrouble) -> None:
        self.told.append("outage")

    def outage_waits(self, until: datetime, trouble: TemporaryTrouble) -> None: ...

    def outage_over(self, seconds: float) -> None:
        self.told.append("outage over")

    def tries_again(self, about: str, until: datetime, attempt: int, attempts: int) -> None:
        self.told.append(f"again {about} {attempt}/{attempts}")

    def database_away(self, until: datetime | None) -> None:
        self.told.append("database away" if until else "database back")

    def noted(self, page: int, tries: int) -> None:
        self.told.append(f"noted {page}")

    def bad_row(self, inner_id: str, why: str) -> None:
        self.bad.append(inner_id)

    def says(self, text: str) -> None:
        self.told.append(text)


class AtNoon(SystemClock):
    """Today, but when the vendor's file of today is there."""

    def now(self) -> datetime:
        return super().now().astimezone(MOSCOW).replace(hour=12).astimezone(UTC)


class Works:
    """An installation whose vendor is `server` and whose database is at `url`."""

    def __init__(self, home: Path, url: str, server: VendorServer) -> None:
        self.server = server
        self.url = url
        self.home = home
        self.heard = Heard()
        self.stop = StopSignal()
        self.clock = SystemClock()
        self.more: dict[str, str] = {}
        self._engine: Engine | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this installation is started with."""
        return {
            "DATAMASTER_HOME": str(self.home),
            "DATAMASTER_KEYRING": "off",
            "LANGUAGE": "en",
            "CHE168_API_KEY": self.server.key,
            "CHE168_API_URL": self.server.url,
            "CARS_DATABASE_URL": self.url,
            "CARS_DELAY": "0",
            "CARS_RETRY_MINUTES": "0",
            "CARS_RETRY_TIMES": "2",
            **self.more,
        }

    def with_files(self) -> None:
        """The daily files can be had."""
        self.more |= {
            "CHE168_FILES_URL": self.server.files_url,
            "CHE168_FILES_USER": self.server.user,
            "CHE168_FILES_PASSWORD": self.server.password,
        }

    @property
    def program(self) -> Program:
        return Program(load_settings(environ=self.environment), self.stop, self.clock)

    @contextmanager
    def job(self) -> Iterator[Fetching]:
        with self.program.fetching(self.heard) as job:
            yield job

    @contextmanager
    def without_vendor(self) -> Iterator[Surroundings]:
        with self.program.surroundings(self.heard) as job:
            yield job

    def load(self, *, once: bool = False, max_pages: int | None = None) -> LoadReport:
        with self.job() as job:
            return Load(job, once=once, max_pages=max_pages, files=self.program.files()).run()

    def update(self, *, since: date | None = None, max_pages: int | None = None) -> FeedReport:
        with self.job() as job:
            return update(job, since=since, max_pages=max_pages, files=self.program.files()).feed

    def normalize(self, *, again: bool = False, batch: int = 200) -> NormalizeReport:
        with self.without_vendor() as job:
            return Normalizing(job, batch).run(again=again)

    # What must be true

    @property
    def engine(self) -> Engine:
        """For looking into the database, and for spoiling it."""
        if self._engine is None:
            self._engine = open_engine(parse_place(self.url, "CARS_DATABASE_URL"))
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()

    def state(self) -> SyncState:
        with self.engine.connect() as db:
            return read_state(db)

    def raw(self) -> dict[str, Any]:
        """Rows of raw_data by inner_id."""
        with self.engine.connect() as db:
            return {row.inner_id: row for row in db.execute(select(raw_data))}

    def processed(self) -> dict[str, dict[str, Any]]:
        with self.engine.connect() as db:
            return {
                row["inner_id"]: dict(row) for row in db.execute(select(processed_data)).mappings()
            }

    def check_raw(self, market: Market) -> None:
        """raw_data equals the vendor's state, listing by listing."""
        rows = self.raw()
        active = {name for name, row in rows.items() if row.active_status == 0}
        assert active == market.active()
        for name in active:
            assert rows[name].data == market.kept(name), name

    def check_processed(self) -> None:
        """processed_data equals a fresh normalising, and nothing contradicts itself."""
        rows, done = self.raw(), self.processed()
        assert done.keys() == rows.keys()
        year = datetime.now(UTC).year
        for name, row in rows.items():
            assert row.is_processed
            fresh = normalize(name, row.active_status, row.data, this_year=year)
            assert _as_fresh(done[name], fresh) == fresh, name
        with self.engine.connect() as db:
            assert not any(contradictions(db).values())


def _as_fresh(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    """The stored columns in the form of a normalised row."""
    row = {name: stored[name] for name in fresh}
    if isinstance(row["offer_created"], date):
        row["offer_created"] = row["offer_created"].isoformat()
    return row


def through_json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
