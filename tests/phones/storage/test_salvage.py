"""Saving what can be read: sound whatever was destroyed, and as much as there is."""

import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.connect import open_writer
from core.phones.storage.salvage import TABLES, salvage
from core.watch import Cancelled, Watch
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions

PAGE = 4096
LEAVES = (0x0A, 0x0D)  # first byte of a page that has no pages below it: of an index, a table
CONTENT = {
    "phones": "SELECT * FROM phones ORDER BY id",
    "links": "SELECT project_id, phone_id, run_id, last_run_id, created FROM project_phones",
    "projects": "SELECT * FROM projects ORDER BY id",
    "rejected": "SELECT * FROM rejected_phones",
    "runs": "SELECT * FROM runs",
    "checkpoints": "SELECT * FROM run_projects",
    "totals": "SELECT * FROM totals",
    "days": "SELECT * FROM link_days",
    "ranges": "SELECT * FROM run_phone_ranges",
    "meta": "SELECT * FROM meta",
    "last id": "SELECT * FROM sqlite_sequence ORDER BY name",
}


def destroy(path: Path, page: int) -> None:
    with path.open("rb+") as file:
        file.seek((page - 1) * PAGE)
        file.write(random.Random(page).randbytes(PAGE))


def garble(path: Path, how: str, draws: random.Random) -> None:
    """Spoil three pages so that SQLite may still take them for pages."""
    content = bytearray(path.read_bytes())
    for _ in range(3):
        at, other = (draws.randrange(12, len(content) // PAGE) * PAGE for _ in range(2))
        page = content[at : at + PAGE]
        match how:
            case "bits":
                for _ in range(16):
                    page[draws.randrange(PAGE)] ^= 1 << draws.randrange(8)
            case "bytes":
                for _ in range(200):
                    page[draws.randrange(PAGE)] = draws.randrange(256)
            case "cells":
                page[8:108] = draws.randbytes(100)
            case "shifted":
                shift = draws.randrange(1, 200)
                page = page[shift:] + page[:shift]
            case "mixed up":
                page, content[other : other + PAGE] = content[other : other + PAGE], page
        content[at : at + PAGE] = page
    path.write_bytes(content)


def test_a_sound_database_is_saved_whole(database: Path, rows: Rows, tmp_path: Path) -> None:
    said: list[float] = []
    saved = salvage(database, tmp_path / "saved.db", Watch(said.append))
    assert saved.damaged == []
    assert saved.rows["phones"] == rows.one("SELECT count(*) FROM phones")
    new = Rows(tmp_path / "saved.db")
    for name, sql in CONTENT.items():
        assert new(sql) == rows(sql), name
    assert not contradictions(tmp_path / "saved.db")
    assert said == sorted(said)
    assert said[-1] == 1.0
    with closing(open_writer(tmp_path / "saved.db")):
        pass  # it can be collected into


def test_every_table_is_saved_or_counted_anew() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        from core.phones.storage.schema import SCHEMA

        db.executescript(SCHEMA)
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type='table'")}
    counted_anew = {"totals", "link_days", "run_phone_ranges", "number_counts", "sqlite_sequence"}
    left_out = {"project_memory"}
    assert tables == {*TABLES} | counted_anew | left_out


def test_destroyed_pages_at_both_ends(database: Path, rows: Rows, tmp_path: Path) -> None:
    """Where neither the first nor the last row can be read, there is still the middle."""
    count = rows.one("SELECT count(*) FROM phones")
    content = database.read_bytes()
    for wanted in (
        rows.one("SELECT phone FROM phones ORDER BY id LIMIT 1"),
        rows.one("SELECT phone FROM phones ORDER BY id DESC LIMIT 1"),
    ):
        at = content.index(wanted.encode())
        while at >= 0:  # in the table and in its index
            destroy(database, at // PAGE + 1)
            at = content.find(wanted.encode(), at + 1)
    salvage(database, tmp_path / "saved.db")
    saved = Rows(tmp_path / "saved.db").one("SELECT count(*) FROM phones")
    assert count * 0.9 < saved < count


def readable(path: Path, sql: str, keys: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """The rows that SQLite still finds where it is asked for them one by one."""
    found = set()
    with closing(sqlite3.connect(path)) as db:
        for key in keys:
            with suppress(sqlite3.DatabaseError):
                found |= {key} if db.execute(sql, key).fetchall() else set()
    return found


def lost(damaged: Path, saved: Path, whole: Rows) -> tuple[int, int]:
    """How many phones and links were not saved although they can be read."""
    phones = set(whole("SELECT id FROM phones"))
    links = set(whole("SELECT project_id, phone_id FROM project_phones"))
    new = Rows(saved)
    kept_phones = set(new("SELECT id FROM phones"))
    kept_links = set(new("SELECT project_id, phone_id FROM project_phones"))
    assert kept_phones <= phones
    assert kept_links <= links
    phones = readable(damaged, "SELECT raw FROM phones NOT INDEXED WHERE id = ?", phones)
    links = {link for link in links if link[1:] in kept_phones}  # with a phone its links are lost
    sql = "SELECT created FROM project_phones NOT INDEXED WHERE project_id = ? AND phone_id = ?"
    return len(phones - kept_phones), len(readable(damaged, sql, links) - kept_links)


@pytest.mark.parametrize("seed", range(8))
def test_destroyed_pages_cost_their_own_rows_only(
    seed: int, database: Path, collected_twice: Path, rows: Rows, tmp_path: Path
) -> None:
    content = database.read_bytes()
    roots = {row[0] for row in rows("SELECT rootpage FROM sqlite_schema")}
    leaves = [  # behind the list of the tables
        page
        for page in range(max(roots) + 3, len(content) // PAGE + 1)
        if content[(page - 1) * PAGE] in LEAVES
    ]
    for page in random.Random(seed).sample(leaves, 3):
        destroy(database, page)
    before = database.read_bytes()

    salvage(database, tmp_path / "saved.db")

    assert database.read_bytes() == before
    assert not {
        name: found
        for name, found in contradictions(tmp_path / "saved.db").items()
        # What runs counted stays; a phone may have lost the only link it had.
        if name not in ("records of runs", "projects of runs", "first projects")
    }
    phones, links = lost(database, tmp_path / "saved.db", Rows(collected_twice))
    assert phones == 0
    # One link lies between two leaves; where both are destroyed nothing leads to it but itself.
    assert links <= 2


@pytest.mark.parametrize("parts", [(0, 0.5), (0.5, 1), (0, 0.1, 1), (0, 0.03, 0.06, 0.5, 1)])
def test_what_lies_between_a_destroyed_end_of_the_links_and_other_damage(
    parts: tuple[float, ...], database: Path, collected_twice: Path, rows: Rows, tmp_path: Path
) -> None:
    """The pages at these parts of the table, from its first link (0) to its last (1)."""
    links = rows("SELECT project_id, phone_id FROM project_phones")
    for part in parts:
        project, phone = links[round(part * (len(links) - 1))]
        rows(
            "UPDATE project_phones SET created = ? WHERE project_id = ? AND phone_id = ?",
            f"here {part}",
            project,
            phone,
        )
    rows("PRAGMA wal_checkpoint(TRUNCATE)")
    content = database.read_bytes()
    for part in parts:
        page = content.index(f"here {part}".encode()) // PAGE + 1
        assert content[(page - 1) * PAGE] in LEAVES
        destroy(database, page)
    salvage(database, tmp_path / "saved.db")
    assert lost(database, tmp_path / "saved.db", Rows(collected_twice)) == (0, 0)


def test_the_rest_of_a_project_whose_first_page_is_destroyed(tmp_path: Path) -> None:
    """Also where the damage after it lies in another project."""
    path = tmp_path / "phones.db"
    marked = {(2, 1001): "first of 2", (3, 3001): "first of 3"}
    places = [(1, phone) for phone in range(1, 1001)] + [(2, phone) for phone in range(1001, 3001)]
    places += [(3, phone) for phone in range(3001, 3301)]
    with closing(open_writer(path)) as db:
        db.execute("BEGIN")
        db.execute("INSERT INTO runs (id, started_at, status) VALUES (1, '', 'completed')")
        db.execute("INSERT INTO clients (id, username, created_at) VALUES (1, '', '')")
        db.executemany(
            "INSERT INTO projects (id, name, client_id, created_at) VALUES (?, '', 1, '')",
            [(1,), (2,), (3,)],
        )
        db.executemany(
            "INSERT INTO phones (id, phone, first_seen, last_seen, first_run_id, last_run_id,"
            " first_project_id) VALUES (?, ?, 1, 1, 1, 1, ?)",
            [(phone, f"+7957{phone:07}", project) for project, phone in places],
        )
        db.executemany(
            "INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)"
            " VALUES (?, ?, 1, 1, ?)",
            [(*place, marked.get(place)) for place in places],
        )
        db.execute("COMMIT")
    for mark in marked.values():
        destroy(path, path.read_bytes().index(mark.encode()) // PAGE + 1)
    salvage(path, tmp_path / "saved.db")
    saved = Rows(tmp_path / "saved.db")
    kept = saved.one("SELECT count(*) FROM project_phones WHERE project_id = 2")
    assert kept > 1000


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("how", ["bits", "bytes", "cells", "shifted", "mixed up"])
def test_a_sound_file_comes_of_whatever_a_page_yields(
    how: str, seed: int, database: Path, tmp_path: Path
) -> None:
    garble(database, how, random.Random(seed))
    try:
        salvage(database, tmp_path / "saved.db")
    except StorageFailure as failure:
        if failure.problem is StorageProblem.DAMAGED:  # the list of tables itself
            return
        raise
    found = contradictions(tmp_path / "saved.db")
    # What runs counted stays as it was read; a phone may have lost the only link it had.
    assert not [name for name in found if "runs" not in name and "first" not in name]
    with closing(open_writer(tmp_path / "saved.db")):
        pass


def test_keys_that_are_text_are_read_from_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "rejected.db"
    with closing(open_writer(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.executemany(
            "INSERT INTO rejected_phones VALUES (?, ?, 'too_short', 1, 1, NULL)",
            [(project, f"{number:06}") for project in (1, 2) for number in range(2000)],
        )
    content = path.read_bytes()
    for wanted in (b"000000", b"000999"):
        destroy(path, content.index(wanted) // PAGE + 1)
    saved = salvage(path, tmp_path / "saved.db")
    assert 2700 < saved.rows["rejected_phones"] < 4000


def test_rows_of_another_table_are_not_taken_for_its_own(
    database: Path, rows: Rows, tmp_path: Path
) -> None:
    """As where a page was written to a wrong place: SQLite reads it without complaint."""
    roots = dict(rows("SELECT name, rootpage FROM sqlite_schema WHERE name IN ('runs', 'clients')"))
    content = bytearray(database.read_bytes())
    runs, clients = ((roots[name] - 1) * PAGE for name in ("runs", "clients"))
    content[runs : runs + PAGE] = content[clients : clients + PAGE]
    database.write_bytes(content)
    saved = salvage(database, tmp_path / "saved.db")
    assert saved.damaged == ["runs"]
    assert saved.rows["runs"] == 0
    assert Rows(tmp_path / "saved.db")("SELECT id, status FROM runs") == [
        (1, "failed"),
        (2, "failed"),
    ]


def test_a_tree_that_leads_back_into_itself_has_an_end(
    database: Path, rows: Rows, tmp_path: Path
) -> None:
    root = rows.one("SELECT rootpage FROM sqlite_schema WHERE name = 'phones'")
    content = bytearray(database.read_bytes())
    page = content[(root - 1) * PAGE : root * PAGE]
    assert page[0] == 5  # an inner page of a table
    for place in range(12, 12 + 2 * int.from_bytes(page[3:5]), 2):
        cell = int.from_bytes(page[place : place + 2])
        page[cell : cell + 4] = root.to_bytes(4)
    content[(root - 1) * PAGE : root * PAGE] = page
    database.write_bytes(content)
    saved = salvage(database, tmp_path / "saved.db")
    assert "phones" in saved.damaged
    assert not contradictions(tmp_path / "saved.db")


def test_a_file_that_another_program_holds_is_not_taken_for_a_damaged_one(
    database: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.phones.storage.connect.BUSY_SECONDS", 0.1)
    rows("PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageFailure) as caught:
            salvage(database, tmp_path / "saved.db")
    assert caught.value.problem is StorageProblem.BUSY


def test_a_destroyed_root_costs_its_table_only(database: Path, rows: Rows, tmp_path: Path) -> None:
    phones = rows.one("SELECT count(*) FROM phones")
    for name in ("projects", "runs", "clients", "run_projects", "rejected_phones"):
        destroy(database, rows.one("SELECT rootpage FROM sqlite_schema WHERE name = ?", name))
    saved = salvage(database, tmp_path / "saved.db")
    assert {"projects", "runs", "clients", "run_projects", "rejected_phones"} <= {*saved.damaged}
    new = Rows(tmp_path / "saved.db")
    assert new.one("SELECT count(*) FROM phones") == phones
    assert not contradictions(tmp_path / "saved.db")
    assert new("SELECT DISTINCT status FROM runs") == [("failed",)]


def test_without_its_first_page_nothing_can_be_read(database: Path, tmp_path: Path) -> None:
    destroy(database, 1)
    with pytest.raises(StorageFailure):
        salvage(database, tmp_path / "saved.db")
    assert {path.name for path in tmp_path.iterdir()} == {"phones.db"}


def test_a_cancelled_one_leaves_nothing(database: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        salvage(database, tmp_path / "saved.db", Watch(cancelled=lambda: True))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("saved")]


def test_a_file_that_was_cut_short_gives_what_is_left(
    database: Path, rows: Rows, tmp_path: Path
) -> None:
    rows("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = rows.one("SELECT count(*) FROM project_phones")
    with database.open("rb+") as file:
        file.truncate(database.stat().st_size * 9 // 10)
    saved = salvage(database, tmp_path / "saved.db")
    assert saved.damaged
    assert 0 < saved.rows["project_phones"] < whole
    wrong = contradictions(tmp_path / "saved.db")
    wrong.pop("first projects", None)  # a phone may be left of which every link is lost
    assert not wrong
