"""Rejected numbers that validate now: the database as if they always had."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.numbers.outcome import Accept
from core.phones.storage.forget import forget
from core.phones.storage.revalidate import Revalidated, revalidate
from core.watch import Cancelled, Watch
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions

SAME = {
    "phones": "SELECT phone, first_run_id, last_run_id, projects FROM phones ORDER BY phone",
    "links": "SELECT l.project_id, p.phone, l.run_id, l.last_run_id FROM project_phones l"
    " JOIN phones p ON p.id = l.phone_id ORDER BY 1, 2",
    "rejected": "SELECT project_id, raw, reason FROM rejected_phones ORDER BY 1, 2",
    "projects": "SELECT id, phones FROM projects ORDER BY id",
    "totals": "SELECT name, value FROM totals ORDER BY name",
    "new by run": "SELECT id, new_phones, phones_after FROM runs ORDER BY id",
}


def test_as_if_they_had_been_valid_when_they_were_read(
    database: Path, rows: Rows, collected_possible: Path
) -> None:
    truth = Rows(collected_possible)
    expected = {name: truth(sql) for name, sql in SAME.items()}
    assert rows(SAME["phones"]) != expected["phones"]
    tried = rows.one("SELECT count(*) FROM rejected_phones")
    phones = rows.one("SELECT count(*) FROM phones")

    done = revalidate(database, Accept.POSSIBLE)

    assert {name: rows(sql) for name, sql in SAME.items()} == expected
    assert not contradictions(database)
    left = rows.one("SELECT count(*) FROM rejected_phones")
    assert (done.tried, done.accepted) == (tried, tried - left)
    assert done.new_phones == rows.one("SELECT count(*) FROM phones") - phones > 0
    seen = "SELECT count(*) FROM phones WHERE first_seen_at NOT LIKE '20__-__-__T__:__:__Z'"
    assert rows.one(seen) == 0
    assert revalidate(database, Accept.POSSIBLE) == Revalidated(tried=left)


def test_nothing_happens_where_the_metadata_is_the_same(database: Path, rows: Rows) -> None:
    before = {name: rows(sql) for name, sql in SAME.items()}
    done = revalidate(database, Accept.VALID)
    assert (done.accepted, done.new_phones, done.new_links) == (0, 0, 0)
    assert {name: rows(sql) for name, sql in SAME.items()} == before


def test_a_phone_that_is_there_already_gets_the_link(database: Path, rows: Rows) -> None:
    phone, first_run, count = rows(
        "SELECT phone, first_run_id, projects FROM phones WHERE first_run_id = 1 LIMIT 1"
    )[0]
    project = rows.one(
        "SELECT id FROM projects WHERE NOT EXISTS (SELECT 1 FROM project_phones l JOIN phones p"
        " ON p.id = l.phone_id WHERE l.project_id = projects.id AND p.phone = ?)"
        " AND EXISTS (SELECT 1 FROM run_projects r WHERE r.run_id = 2 AND r.project_id = id)",
        phone,
    )
    for number, raw in enumerate((phone[1:], "8" + phone[2:])):
        day = "2024-02-29 10:00:00" if number else "some day"
        rows(
            "INSERT INTO rejected_phones VALUES (?, ?, 'invalid_number', 2, 2, ?)",
            project,
            raw,
            day,
        )
    rows("UPDATE totals SET value = value + 2 WHERE name = 'rejected'")
    rows("UPDATE runs SET rejected = rejected + 2, received = received + 2 WHERE id = 2")
    rows(
        "UPDATE run_projects SET rejected = rejected + 2, received = received + 2"
        " WHERE run_id = 2 AND project_id = ?",
        project,
    )
    done = revalidate(database, Accept.VALID)
    assert (done.accepted, done.new_phones, done.new_links) == (2, 0, 1)
    assert rows("SELECT first_run_id, projects FROM phones WHERE phone = ?", phone) == [
        (first_run, count + 1)
    ]
    assert not contradictions(database)


def test_cancelled_and_begun_again(
    database: Path, rows: Rows, collected_possible: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.phones.storage.revalidate.RECORDS_A_BATCH", 7)
    said: list[float] = []
    with pytest.raises(Cancelled):
        revalidate(database, Accept.POSSIBLE, Watch(said.append, lambda: said[-1:] > [0.7]))
    assert said == sorted(said)
    assert not contradictions(database)
    some = rows.one("SELECT count(*) FROM rejected_phones")
    revalidate(database, Accept.POSSIBLE)
    assert rows.one("SELECT count(*) FROM rejected_phones") < some
    truth = Rows(collected_possible)
    assert {name: rows(sql) for name, sql in SAME.items()} == {
        name: truth(sql) for name, sql in SAME.items()
    }
    assert not contradictions(database)


def test_an_erased_number_stays_erased(database: Path, rows: Rows) -> None:
    """Even where the same number still stood among the rejected, put there by hand."""
    phone = rows.one("SELECT phone FROM phones LIMIT 1")
    forget(database, phone, datetime(2026, 11, 21, tzinfo=UTC))
    rows("INSERT INTO rejected_phones VALUES (2000001, ?, 'x', 1, 1, NULL)", phone[1:])
    assert revalidate(database, Accept.VALID).accepted == 0
    assert rows.one("SELECT count(*) FROM phones WHERE phone = ?", phone) == 0


def test_a_number_belongs_to_the_run_that_first_saw_it_in_whichever_project(
    database: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the project that a later run read comes first, and many records lie between."""
    monkeypatch.setattr("core.phones.storage.revalidate.RECORDS_A_BATCH", 1)
    first, last = rows.one("SELECT min(id) FROM projects"), rows.one("SELECT max(id) FROM projects")
    raw, new = "8 957 000-00-99", "SELECT new_phones FROM runs ORDER BY id"
    for project, run in ((first, 2), (last, 1)):
        rows(
            "INSERT INTO rejected_phones VALUES (?, ?, 'invalid_number', ?, 2, NULL)",
            *(project, raw, run),
        )
        counted = "SET rejected = rejected + 1, received = received + 1"
        rows(f"UPDATE runs {counted} WHERE id = ?", run)
        rows(
            f"UPDATE run_projects {counted} WHERE run_id = ? AND project_id = ?",
            *(run, project),
        )
    rows("UPDATE totals SET value = value + 2 WHERE name = 'rejected'")
    (one,), (two,) = rows(new)

    done = revalidate(database, Accept.VALID)

    assert (done.accepted, done.new_phones, done.new_links) == (2, 1, 2)
    assert rows.one("SELECT first_run_id FROM phones WHERE phone = '+79570000099'") == 1
    assert rows(new) == [(one + 1,), (two,)]
    assert not contradictions(database)
