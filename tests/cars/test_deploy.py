"""What an administrator copies: the dump and its way back, the compose file, the daily time."""

import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import insert

from core.asking.limiter import Stopped
from core.cars.cli.daily import every_day, next_time
from core.cars.database import MIGRATIONS
from core.cars.tables import price_history
from core.clock import SystemClock
from core.database.sql.engine import open_engine
from core.database.sql.place import parse_place
from core.errors import UserError
from core.stop import StopSignal
from tests.postgres import Postgres

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "cars"


def _run(
    script: str, file: Path, server: Postgres, database: str
) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": server.user,
        "PGDATABASE": database,
    }
    return subprocess.run(
        ["sh", str(DEPLOY / script), str(file)], env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_a_dump_comes_back_whole_on_another_database(postgres: Postgres, tmp_path: Path) -> None:
    first = postgres.new_database()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    other = Postgres(folder)  # another server
    other.make()
    other.start()
    second, third = other.new_database(), other.new_database()
    place = parse_place(postgres.url(first), "x")
    engine = open_engine(place)
    MIGRATIONS.upgrade(engine, place)
    with engine.begin() as connection:
        now = datetime.now(UTC)
        rows = [{"inner_id": str(one), "price": one, "seen_at": now} for one in range(500)]
        connection.execute(insert(price_history), rows)
    engine.dispose()
    dumped = _run("dump.sh", tmp_path / "cars.dump", postgres, first)
    assert dumped.returncode == 0, dumped.stderr
    assert "price_history 500" in dumped.stdout
    restored = _run("restore.sh", tmp_path / "cars.dump", other, second)
    assert restored.returncode == 0, restored.stderr
    assert "price_history 500" in restored.stdout
    again = _run("restore.sh", tmp_path / "cars.dump", other, second)
    assert again.returncode == 1
    assert "not empty" in again.stderr
    (tmp_path / "cars.dump.rows").write_text("price_history 501\n")
    assert _run("restore.sh", tmp_path / "cars.dump", other, third).returncode == 1
    other.stop()
    shutil.rmtree(folder, ignore_errors=True)
    postgres.drop_database(first)


def test_the_compose_file_names_what_is_there() -> None:
    compose = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text("utf-8"))
    assert set(compose["services"]) == {"db", "api", "update"}
    for service in compose["services"].values():
        if "build" in service:
            context = DEPLOY / service["build"]["context"]
            assert (context / service["build"]["dockerfile"]).exists()
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in compose["volumes"]
        for other in service.get("depends_on", ()):
            assert other in compose["services"]
    known = (DEPLOY / "cars.env.example").read_text("utf-8")
    assert not re.search(r"(KEY|PASSWORD)=.", known)


def test_the_image_holds_no_secret_and_every_file_it_copies() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY"):
            assert all((ROOT / name).exists() for name in line.split()[1:-1])
        assert not re.search(r"(KEY|PASSWORD|TOKEN)=", line)


def test_the_next_time_is_today_or_tomorrow() -> None:
    now = datetime(2026, 11, 27, 3, 0).astimezone()
    assert next_time(now, time(4, 30)) - now == timedelta(hours=1, minutes=30)
    late = now + timedelta(hours=2)
    assert next_time(late, time(4, 30)).date() == late.date() + timedelta(days=1)


class _Clock(SystemClock):
    """Time that passes by waiting."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 27, 3, 0).astimezone()

    def now(self) -> datetime:
        return self.at

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        self.at += timedelta(seconds=seconds)
        return stop.is_set


def test_it_works_once_a_day_and_a_bad_day_is_not_the_last() -> None:
    clock, stop = _Clock(), StopSignal()
    days: list[datetime] = []

    def work() -> None:
        days.append(clock.now())
        if len(days) == 2:
            raise UserError("The vendor is away.")
        if len(days) == 4:
            stop.request()

    with pytest.raises(Stopped):
        every_day(time(4, 30), clock, stop, work)
    assert [day.time() for day in days] == [time(4, 30)] * 4
    assert days[3] - days[0] == timedelta(days=3)
