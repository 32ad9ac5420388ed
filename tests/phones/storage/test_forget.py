"""Erasing a number: no trace in the file, every count right, never stored again."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.datamaster.demo.server import DemoServer
from core.phones.storage.connect import open_reader, open_writer
from core.phones.storage.forget import forget
from core.phones.storage.forgotten import identity, load_forgotten
from tests.phones.storage.collected import Rows, collect
from tests.phones.storage.consistency import contradictions

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def everything_in(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))


def test_a_phone_of_several_projects(database: Path, rows: Rows) -> None:
    assert not contradictions(database)
    phone, links = rows("SELECT phone, projects FROM phones ORDER BY projects DESC LIMIT 1")[0]
    assert links > 1
    assert phone[1:].encode() in everything_in(database)
    before = dict(rows("SELECT name, value FROM totals"))

    erased = forget(database, phone, NOW)

    assert (erased.phone, erased.links, erased.rejected, erased.traceless) == (True, links, 0, True)
    after = dict(rows("SELECT name, value FROM totals"))
    assert after == before | {"phones": before["phones"] - 1, "links": before["links"] - links}
    assert phone[1:].encode() not in everything_in(database)
    assert not contradictions(database)
    newest = rows.one("SELECT phones_after FROM runs ORDER BY id DESC LIMIT 1")
    assert newest == after["phones"]


@pytest.mark.parametrize(
    "written", ["{0}", "8 ({1}) {2}-{3}", "+7{1}{2}{3}", "7-{1}-{2}{3}", "{1}{2}{3}"]
)
def test_it_does_not_matter_how_the_number_is_written(
    written: str, database: Path, rows: Rows
) -> None:
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    text = written.format(phone, phone[2:5], phone[5:8], phone[8:])
    assert forget(database, text, NOW).phone


def test_rejected_records_however_they_were_written(database: Path, rows: Rows) -> None:
    """A number in a range that is allocated to nobody is rejected, in each project as received."""
    first, second = (row[0] for row in rows("SELECT id FROM projects LIMIT 2"))
    forms = ["79300000001", "8 (930) 000-00-01", "+7 930 000 00 01", "тел. 930-000-00-01"]
    other = "79300000002"
    for raw in (*forms, other):
        for project in (first, second):
            rows("INSERT INTO rejected_phones VALUES (?, ?, 'x', 1, 2, NULL)", project, raw)
    rows("UPDATE totals SET value = value + 10 WHERE name = 'rejected'")

    erased = forget(database, forms[1], NOW)

    assert (erased.phone, erased.rejected, erased.traceless) == (False, 8, True)
    left = {row[0] for row in rows("SELECT raw FROM rejected_phones WHERE raw LIKE '%930%'")}
    assert not left & set(forms)
    assert other in left
    assert not contradictions(database)
    content = everything_in(database)
    assert not any(raw.encode() in content for raw in forms)


def test_what_was_received_is_erased_with_it(database: Path, rows: Rows) -> None:
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    raw = f"тел. {phone[2:5]} / {phone[5:]}"
    rows("UPDATE phones SET raw = ? WHERE phone = ?", raw, phone)
    forget(database, phone, NOW)
    assert raw.encode() not in everything_in(database)


def test_stale_copies_in_unused_parts_of_the_file(database: Path, rows: Rows) -> None:
    """Without secure_delete an earlier deletion leaves the number where it was."""
    phone = rows.one("SELECT phone FROM phones ORDER BY id DESC LIMIT 1")
    rows("CREATE TABLE moved AS SELECT phone FROM phones")
    rows("DROP TABLE moved")
    forget(database, phone, NOW)
    assert phone[1:].encode() not in everything_in(database)
    assert not contradictions(database)


def test_a_reader_keeps_the_wal_from_being_emptied(
    database: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.phones.storage.connect.BUSY_SECONDS", 0.2)
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    with closing(open_writer(database)) as db:
        db.execute("UPDATE phones SET last_seen = last_seen + 1 WHERE phone = ?", (phone,))
        with closing(open_reader(database)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM phones").fetchone()
            erased = forget(database, phone, NOW)
            assert (erased.phone, erased.traceless) == (True, False)
    again = forget(database, phone, NOW)
    assert (again.anything, again.traceless) == (False, True)
    assert phone[1:].encode() not in everything_in(database)


def test_digests_of_its_projects_go_with_it(database: Path, rows: Rows) -> None:
    phone = rows.one("SELECT phone FROM phones ORDER BY projects DESC LIMIT 1")
    where = (
        "SELECT count(*) FROM project_memory WHERE project_id IN (SELECT project_id FROM"
        " project_phones l JOIN phones p ON p.id = l.phone_id WHERE p.phone = ?)"
    )
    left = rows.one("SELECT count(*) FROM project_memory") - rows.one(where, phone)
    assert rows.one(where, phone) > 0
    forget(database, phone, NOW)
    assert rows.one("SELECT count(*) FROM project_memory") == left


def test_digests_of_projects_in_which_it_was_rejected_go_with_it(
    database: Path, rows: Rows
) -> None:
    project = rows.one("SELECT project_id FROM project_memory LIMIT 1")
    rows("INSERT INTO rejected_phones VALUES (?, '79300000001', 'x', 1, 2, NULL)", project)
    rows("UPDATE totals SET value = value + 1 WHERE name = 'rejected'")
    assert forget(database, "79300000001", NOW).rejected == 1
    left = [row[0] for row in rows("SELECT project_id FROM project_memory")]
    assert left
    assert project not in left


def test_later_runs_do_not_store_it_again(database: Path, rows: Rows, server: DemoServer) -> None:
    phone, links = rows("SELECT phone, projects FROM phones ORDER BY projects DESC LIMIT 1")[0]
    rejected = rows.one("SELECT raw FROM rejected_phones WHERE reason = 'invalid_number' LIMIT 1")
    assert forget(database, phone, NOW).phone
    assert forget(database, rejected, NOW).rejected
    totals = rows("SELECT * FROM totals ORDER BY name")

    collect(database, server)

    status, new, errors = rows("SELECT status, new_phones, errors_count FROM runs WHERE id = 3")[0]
    assert (status, new, errors) == ("completed", 0, 0)
    assert rows("SELECT * FROM totals ORDER BY name") == totals
    content = everything_in(database)
    assert phone[1:].encode() not in content
    assert rejected.encode() not in content
    assert not contradictions(database)
    counted = "SELECT received, rejected FROM runs WHERE id = ?"
    (before, rejected_before), (after, rejected_after) = rows(counted, 2)[0], rows(counted, 3)[0]
    assert after == before
    assert rejected_after >= rejected_before + links


def test_the_file_holds_a_salted_hash_only(database: Path, rows: Rows) -> None:
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    forget(database, phone, NOW)
    forget(database, "8" + phone[2:], NOW)
    hashes = rows("SELECT hash, forgotten_at FROM forgotten_phones")
    assert [(len(value), at) for value, at in hashes] == [(16, "2026-11-21T12:00:00Z")]
    with closing(sqlite3.connect(database)) as db:
        forgotten = load_forgotten(db)
    assert phone in forgotten
    assert "+79571234567" not in forgotten


def test_a_failure_erases_nothing(database: Path, rows: Rows) -> None:
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    rows("DROP TABLE forgotten_phones")
    with pytest.raises(sqlite3.OperationalError):
        forget(database, phone, NOW)
    assert rows.one("SELECT count(*) FROM phones WHERE phone = ?", phone) == 1
    assert not contradictions(database)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("79071234567", "8 907 123-45-67"),
        ("79300000001", "930 000 00 01"),
        ("+442083661177", "+44 (0)20 8366 1177"),
        ("12345", "1-23-45"),
    ],
)
def test_one_number_has_one_identity(one: str, other: str) -> None:
    assert identity(one) == identity(other)
