"""An older base is known before the first run, and can be let go as if it had never been."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import UsageError
from core.phones.datamaster.demo.server import DemoServer
from core.phones.imports.base_file import open_base
from core.phones.imports.dates import ImportColumns, date_column, seconds_of
from core.phones.imports.history import imports
from core.phones.imports.take_in import Imported, take_in
from core.phones.imports.undo import Undone, undo_import
from core.phones.lookup.columns import look_at
from core.phones.registry.load import load_registry
from core.phones.registry.located import shares
from core.phones.registry.made_up import write_made_up
from core.phones.reports.export import ExportRequest, export
from core.phones.reports.names import ReportName
from core.phones.storage.connect import open_writer
from core.phones.storage.forget import forget
from core.phones.storage.queries import phones, runs
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.reader import Reader
from core.tables.reading.problems import ListUnreadable
from core.watch import Cancelled, Watch
from tests.phones.storage.collected import Rows, collect
from tests.phones.storage.consistency import contradictions

NOW = datetime.now(UTC) + timedelta(hours=1)  # after the runs of the fixtures
OLD = "2024-05-06T07:08:09Z"


def brought(database: Path, file: Path, watch: Watch | None = None) -> Imported:
    with open_base(file) as source:
        found = look_at(source)
        assert found.column is not None
        chosen = ImportColumns(found.column, date_column(found))
        return take_in(database, source, file.name, found, chosen, NOW, watch=watch or Watch())


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All tables, without the two that remember that there was an import and what ids are next."""
    with closing(sqlite3.connect(path)) as db:
        tables = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if name not in {"imports", "sqlite_sequence"}
        ]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def test_rows_are_counted_and_dates_kept(database: Path, rows: Rows, tmp_path: Path) -> None:
    known = rows.one("SELECT phone FROM phones LIMIT 1")
    file = written(
        tmp_path / "old.csv",
        f"Телефон;Впервые\n8 (907) 111-22-33;06.05.2024\n+79071112233;05.05.2024 10:30\n{known};\n"
        "9071112244;\n12;01.01.2024\n+79071112255;2024-05-06T07:08:09Z\n79071112266;31.12.2150\n",
    )
    done = brought(database, file)
    assert done == Imported(1, rows=7, added=4, known=1, repeated=1, rejected=1, erased=0)
    found = dict(rows("SELECT phone, first_seen_at FROM phones WHERE first_run_id = -1"))
    local = datetime(2024, 5, 5, 10, 30).astimezone().astimezone(UTC)
    assert found["+79071112233"] == f"{local:%Y-%m-%dT%H:%M:%SZ}"
    assert found["+79071112255"] == OLD
    now = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert found["+79071112244"] == found["+79071112266"] == now  # no date, one in the future
    assert not contradictions(database)


def test_imported_numbers_are_known_to_the_first_run(server: DemoServer, tmp_path: Path) -> None:
    reference, database = tmp_path / "reference.db", tmp_path / "own.db"
    collect(reference, server)
    phones_of_all = [phone for (phone,) in Rows(reference)("SELECT phone FROM phones ORDER BY id")]
    before = phones_of_all[::3]
    done = brought(database, written(tmp_path / "old.txt", "\n".join([*before, "+79070000001"])))
    assert done.added == len(before) + 1

    collect(database, server)

    own = Rows(database)
    assert own.one("SELECT new_phones FROM runs WHERE id = 1") == len(phones_of_all) - len(before)
    assert own.one("SELECT phones_after FROM runs WHERE id = 1") == len(phones_of_all) + 1
    assert not contradictions(database)
    with Reader(database) as reader:
        newest = runs.newest_run(reader)
        assert newest is not None
        assert newest.id == 1
        assert [row.run.id for row in runs.growth(reader)] == [1]
        page = phones.phones(reader, PhoneFilter(text="+79070000001"))
        assert [(row.phone, row.projects, row.project) for row in page.rows] == [
            ("+79070000001", 0, "")
        ]
        shown = phones.phones(reader, PhoneFilter(text=before[0])).rows[0]
        assert shown.project
    result = export(database, ExportRequest(ReportName.NEW, tmp_path / "out"))
    assert result.rows == len(phones_of_all) - len(before)


def test_undone_it_is_as_if_it_had_never_been(server: DemoServer, tmp_path: Path) -> None:
    reference, database = tmp_path / "reference.db", tmp_path / "own.db"
    collect(reference, server)
    collect(reference, server)
    found = [phone for (phone,) in Rows(reference)("SELECT phone FROM phones ORDER BY id")]
    file = written(tmp_path / "old.txt", "\n".join([*found[::3], "+79070000001", "+79070000002"]))
    brought(database, file)
    load_registry(database, write_made_up(tmp_path), NOW)
    collect(database, server)
    collect(database, server)

    undone = undo_import(database, 1, NOW)

    assert undone == Undone(deleted=2, kept=len(found[::3]))
    assert not contradictions(database)
    same = (
        "SELECT id, total_phones, new_phones, known, repeated, new_links, phones_after FROM runs",
        "SELECT run_id, project_id, new_phones, known, repeated FROM run_projects ORDER BY 1, 2",
        "SELECT phone, first_run_id, last_run_id, first_project_id FROM phones ORDER BY 1",
        "SELECT name, value FROM totals ORDER BY name",
    )
    for query in same:
        assert Rows(database)(query) == Rows(reference)(query), query
    with Reader(database) as reader:
        assert sum(share.phones for share in shares(reader)) == len(found)
        (row,) = imports(reader)
        assert row.undone_at is not None
    with pytest.raises(UsageError):
        undo_import(database, 1, NOW)


def test_undone_at_once_nothing_is_left(database: Path, tmp_path: Path) -> None:
    before = everything(database)
    brought(database, written(tmp_path / "old.txt", "+79070000001\n+79070000002\n"))
    assert undo_import(database, 1, NOW) == Undone(2, 0)
    assert everything(database) == before


def test_several_imports_are_undone_each_for_itself(
    database: Path, rows: Rows, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        file = written(tmp_path / f"{number}.txt", f"+7907000000{number}\n+79070000009\n")
        assert brought(database, file).id == number
    assert undo_import(database, 2, NOW).deleted == 1
    left = [phone for (phone,) in rows("SELECT phone FROM phones WHERE first_run_id < 0")]
    assert sorted(left) == ["+79070000001", "+79070000003", "+79070000009"]
    assert not contradictions(database)
    assert brought(database, written(tmp_path / "4.txt", "+79070000002\n")).id == 4


def test_erased_numbers_stay_erased(database: Path, rows: Rows, tmp_path: Path) -> None:
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    forget(database, phone, NOW)
    done = brought(database, written(tmp_path / "old.txt", f"{phone}\n+79070000001\n"))
    assert (done.added, done.erased) == (1, 1)
    assert not rows("SELECT 1 FROM phones WHERE phone = ?", phone)
    forget(database, "+79070000001", NOW)  # an imported one can be erased as well
    assert not contradictions(database)
    assert undo_import(database, 1, NOW) == Undone(0, 0)
    assert not contradictions(database)


class TestBases:
    def test_the_base_that_the_program_writes(self, database: Path, tmp_path: Path) -> None:
        file = export(database, ExportRequest(ReportName.BASE, tmp_path)).files[0]
        fresh = tmp_path / "fresh.db"
        assert brought(fresh, file).added == Rows(database).one("SELECT count(*) FROM phones")

    def test_a_database_of_the_program_with_its_dates(self, database: Path, tmp_path: Path) -> None:
        fresh = tmp_path / "fresh.db"
        brought(fresh, database)
        query = "SELECT phone, first_seen FROM phones ORDER BY phone"
        assert Rows(fresh)(query) == Rows(database)(query)

    def test_a_database_of_another_program(self, tmp_path: Path) -> None:
        file = tmp_path / "base.db"
        with closing(sqlite3.connect(file)) as db:
            db.execute('CREATE TABLE "old ""base""" (id INTEGER, tel TEXT, added TEXT)')
            db.execute("CREATE TABLE other (x)")
            rows = [(n, f"8907000{n:04d}", "2024-05-06 07:08:09") for n in range(300)]
            db.executemany('INSERT INTO "old ""base""" VALUES (?, ?, ?)', rows)
            db.commit()
        fresh = tmp_path / "fresh.db"
        assert brought(fresh, file).added == 300
        assert Rows(fresh).one("SELECT count(DISTINCT first_seen) FROM phones") == 1

    def test_damaged_ones_are_named(self, tmp_path: Path) -> None:
        file = tmp_path / "base.db"
        file.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
        with pytest.raises(ListUnreadable, match="damaged"), open_base(file):
            pass


def test_a_cancel_stores_nothing(database: Path, rows: Rows, tmp_path: Path) -> None:
    file = written(tmp_path / "old.txt", "\n".join(f"+7907{n:07d}" for n in range(30_000)))
    before = everything(database)
    for moment in (0.05, 0.5, 0.6):
        told: list[float] = []
        watch = Watch(told.append, lambda m=moment, t=told: bool(t) and t[-1] >= m)
        with pytest.raises(Cancelled):
            brought(database, file, watch)
    assert everything(database) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T07:08:09Z", 1714979289),
        ("2024-05-06T07:08:09+00:00", 1714979289),
        ("1714979289", 1714979289),
        ("", None),
        ("вчера", None),
        ("31.02.2024", None),
        ("0001-01-01", None),
        ("1970-01-01", None),
        ("99.99.9999", None),
    ],
)
def test_dates_as_lists_write_them(text: str, expected: int | None) -> None:
    assert seconds_of(text) == expected


def test_local_days() -> None:
    local = datetime(2024, 5, 6).astimezone()
    assert seconds_of("06.05.2024") == seconds_of("2024-05-06") == int(local.timestamp())
    later = local + timedelta(hours=7, minutes=8)
    assert seconds_of("6.5.2024 7:08") == int(later.timestamp())


def test_an_import_makes_the_database_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "data" / "phones.db"
    open_writer(path).close()
    assert brought(path, written(tmp_path / "a.txt", "+79070000001\n")).added == 1
