"""Databases of both kinds: opening, migrating, holding, and what is told when they fail."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, MetaData, Table, Text, inspect, select, text
from sqlalchemy.exc import DBAPIError

from core.database.errors import DatabaseForeign, DatabaseTooNew
from core.database.sql.column_types import BIG, JSON_TREE, UtcTime, decimal
from core.database.sql.engine import open_engine
from core.database.sql.failures import ServerRefused, ServerUnreachable, told
from core.database.sql.hold import Hold
from core.database.sql.migrate import Migrations
from core.database.sql.place import Place, parse_place
from core.errors import SettingsError, UserError
from tests.postgres import Postgres

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "1", None
def upgrade():
    op.create_table("cars", sa.Column("id", sa.Integer, primary_key=True))
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "2", "1"
def upgrade():
    op.add_column("cars", sa.Column("name", sa.Text))
    {more}
"""


@pytest.fixture
def place(database_url: str) -> Place:
    return parse_place(database_url, "CARS_DATABASE_URL")


@pytest.fixture
def engine(place: Place) -> Iterator[Engine]:
    engine = open_engine(place)
    yield engine
    engine.dispose()


def migrations(folder: Path, *steps: str) -> Migrations:
    folder.mkdir(exist_ok=True)
    for number, step in enumerate(steps, 1):
        (folder / f"v{number}.py").write_text(step, encoding="utf-8")
    tables = MetaData()
    Table("cars", tables, Column("id", BIG, primary_key=True))
    return Migrations(folder, "cars_version", tables)


def columns(engine: Engine) -> list[str]:
    return [column["name"] for column in inspect(engine).get_columns("cars")]


def test_missing_steps_are_taken_once(engine: Engine, place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "steps"
    assert migrations(folder, FIRST).upgrade(engine, place)
    later = migrations(folder, FIRST, SECOND.format(more=""))
    with engine.connect() as connection:
        assert not later.is_current(connection)
    assert later.upgrade(engine, place)
    assert not later.upgrade(engine, place)
    assert columns(engine) == ["id", "name"]
    with engine.connect() as connection:
        assert later.is_current(connection)


def test_a_step_that_fails_leaves_everything_as_it_was(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "steps"
    migrations(folder, FIRST).upgrade(engine, place)
    broken = migrations(folder, FIRST, SECOND.format(more="raise RuntimeError('broken')"))
    with pytest.raises(RuntimeError, match="broken"):
        broken.upgrade(engine, place)
    assert columns(engine) == ["id"]


def test_who_comes_second_waits_and_finds_it_done(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    steps = migrations(tmp_path / "steps", FIRST, SECOND.format(more=""))
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.append(steps.upgrade(engine, place)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]


def test_tables_of_another_program_are_left_alone(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cars (theirs integer)"))
    with pytest.raises((DatabaseForeign, ServerRefused), match="another program"):
        migrations(tmp_path / "steps", FIRST).upgrade(engine, place)
    assert columns(engine) == ["theirs"]


def test_a_newer_database_is_left_alone(engine: Engine, place: Place, tmp_path: Path) -> None:
    migrations(tmp_path / "newer", FIRST, SECOND.format(more="")).upgrade(engine, place)
    with pytest.raises((DatabaseTooNew, ServerRefused), match="newer version"):
        migrations(tmp_path / "older", FIRST).upgrade(engine, place)


def test_values_come_back_as_they_went(engine: Engine) -> None:
    tables = MetaData()
    things = Table(
        "things",
        tables,
        Column("id", BIG, primary_key=True, autoincrement=True),
        Column("at", UtcTime),
        Column("tree", JSON_TREE),
        Column("litres", decimal(4, 2)),
        Column("name", Text),
    )
    moscow = NOW.astimezone(timezone(timedelta(hours=3)))
    with engine.begin() as connection:
        tables.create_all(connection)
        connection.execute(
            things.insert(), {"at": moscow, "tree": {"挡位": [1, None]}, "litres": 1.4}
        )
        connection.execute(things.insert(), {"at": None, "tree": None, "litres": None})
    with engine.connect() as connection:
        rows = connection.execute(select(things).order_by(things.c.id)).all()
        nulls = connection.scalar(text("SELECT count(*) FROM things WHERE tree IS NULL"))
    assert rows == [(1, NOW, {"挡位": [1, None]}, 1.4, None), (2, None, None, None, None)]
    assert rows[0].at.utcoffset() == timedelta(0)
    assert nulls == 1


def test_who_only_reads_can_change_nothing(engine: Engine, place: Place) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cars (id integer)"))
    reader = open_engine(place, reading=True)
    with pytest.raises(DBAPIError), reader.begin() as connection:
        connection.execute(text("INSERT INTO cars VALUES (1)"))
    reader.dispose()


def test_a_database_is_held_by_one_process(engine: Engine, place: Place) -> None:
    hold = Hold(engine, place)
    hold.acquire(NOW)
    other = _hold_in_another_process(place)
    assert other.returncode == 1
    assert "in use by process" in other.stdout
    hold.release()
    assert _hold_in_another_process(place).stdout == "held\n"


def test_a_process_that_dies_gives_it_back(engine: Engine, place: Place) -> None:
    assert _hold_in_another_process(place, then="os.kill(os.getpid(), 9)").returncode == -9
    hold = Hold(engine, place)
    hold.acquire(NOW)
    hold.release()


def test_other_names_are_held_beside_it(engine: Engine, place: Place) -> None:
    holds = [Hold(engine, place), Hold(engine, place, "listener 7")]
    for hold in holds:
        hold.acquire(NOW)
    with pytest.raises(UserError, match="in use by"):
        Hold(engine, place, "listener 7").acquire(NOW)
    for hold in holds:
        hold.release()


def _hold_in_another_process(place: Place, then: str = "") -> "subprocess.CompletedProcess[str]":
    url = place.url.render_as_string(hide_password=False)
    program = f"""
import os, sys
from datetime import UTC, datetime
from core.database.sql.engine import open_engine
from core.database.sql.hold import Hold
from core.database.sql.place import parse_place
from core.errors import UserError
place = parse_place({url!r}, "X")
engine = open_engine(place)
try:
    Hold(engine, place).acquire(datetime.now(UTC))
except UserError as error:
    print(error.message); sys.exit(1)
print("held", flush=True)
{then}
"""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


def test_the_lock_goes_with_the_connection(postgres: Postgres, postgres_url: str) -> None:
    place = parse_place(postgres_url, "CARS_DATABASE_URL")
    engine = open_engine(place)
    hold = Hold(engine, place)
    connection = hold.acquire(NOW)
    postgres.restart()
    with pytest.raises(ServerUnreachable, match="cannot be reached"), told(place):
        connection.execute(text("SELECT 1"))
    hold.acquire(NOW)
    with pytest.raises(UserError, match="in use by process"):
        Hold(engine, place).acquire(NOW)
    hold.release()
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"port": 1}, ServerUnreachable, "cannot be reached"),
        ({"username": "nobody_knows"}, ServerRefused, "does not let us in"),
        ({"database": "nowhere"}, ServerRefused, "does not let us in"),
    ],
)
def test_a_server_that_cannot_be_used_is_told(
    postgres_url: str, change: dict[str, object], kind: type[UserError], said: str
) -> None:
    place = parse_place(postgres_url, "CARS_DATABASE_URL")
    place = Place(place.url.set(password="secret-words", **change), place.setting)  # type: ignore[arg-type]
    engine = open_engine(place)
    with pytest.raises(kind, match=said) as caught, told(place):
        engine.connect()
    assert "CARS_DATABASE_URL" in caught.value.hint
    assert "secret-words" not in str(caught.value)
    engine.dispose()


@pytest.mark.parametrize("given", ["", "data/cars.db", "mysql://u:secret@h/d", "postgresql://h"])
def test_what_is_no_address_of_a_database_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="CARS_DATABASE_URL") as caught:
        parse_place(given, "CARS_DATABASE_URL")
    assert "secret" not in str(caught.value)
