"""Fields that hold more than one number: each of them is a record, in every count."""

from datetime import UTC, datetime

from core.phones.events import RunStatus
from core.phones.numbers.outcome import Accept
from core.phones.storage.forget import forget
from core.phones.storage.revalidate import revalidate
from tests.phones.literal import one_project, record
from tests.phones.storage.consistency import contradictions

BOTH = "79571234567, доб. 5; 8 (957) 123-45-68"
NEITHER = "3-45-67, 3-45-68"
ONE_POSSIBLE = "79571234567, 70001234567"


def counts(collection):
    columns = "received, new_phones, known, repeated, rejected, total_phones"
    (run,) = collection.rows(f"SELECT {columns} FROM runs ORDER BY id DESC LIMIT 1")
    return run


def test_each_number_is_a_record(collect):
    with one_project(record(BOTH), record("79571234569"), record(NEITHER)) as server:
        collection = collect(server)
        assert collection.run().status is RunStatus.COMPLETED
        phones = collection.rows("SELECT phone, original_format FROM phones ORDER BY phone")
        assert phones == [
            ("+79571234567", "79571234567"),
            ("+79571234568", "8 (957) 123-45-68"),
            ("+79571234569", "79571234569"),
        ]
        assert collection.rows("SELECT raw, reason FROM rejected_phones") == [
            (NEITHER, "several_numbers")
        ]
        assert counts(collection) == (4, 3, 0, 0, 1, 3)
        assert not contradictions(collection.database)
        collection.run()
        assert counts(collection) == (4, 0, 3, 0, 1, 3)


def test_what_is_valid_later_is_several_records_later(collect):
    with one_project(record(ONE_POSSIBLE), record("79571234569")) as server:
        collection = collect(server)
        collection.run()
        assert counts(collection) == (2, 1, 0, 0, 1, 1)
        done = revalidate(collection.database, Accept.POSSIBLE)
        assert (done.accepted, done.new_phones, done.new_links) == (1, 2, 2)
        assert counts(collection) == (3, 3, 0, 0, 0, 3)
        assert not contradictions(collection.database)
        assert collection.rows("SELECT phone, original_format FROM phones ORDER BY 1")[0] == (
            "+70001234567",
            "70001234567",
        )


def test_a_number_is_forgotten_wherever_it_stands(collect):
    with one_project(record(BOTH), record(ONE_POSSIBLE), record("79571234569")) as server:
        collection = collect(server)
        collection.run()
        forget(collection.database, "+79571234567", datetime.now(UTC))
        assert not contradictions(collection.database)
        assert not collection.rows("SELECT raw FROM rejected_phones")
        assert b"9571234567" not in collection.database.read_bytes()
        collection.run()
        phones = collection.rows("SELECT phone FROM phones ORDER BY phone")
        assert phones == [("+79571234568",), ("+79571234569",)]
        assert not collection.rows("SELECT raw FROM rejected_phones")


def test_one_odd_record_blocks_nothing(collect):
    """Each is rejected with its text; what stands beside it on the page is stored."""
    odd = [
        None,
        {"number": "79571234560"},
        record("79571234561", created_at=1_693_909_805),
        record(["79571234562"]),
        record(79571234563.5),
    ]
    numbers = [record(f"7957123{number:04}") for number in range(1000, 2000)]
    with one_project(record(79571234564.0), *odd, record(BOTH), *numbers) as server:
        collection = collect(server)
        finished = collection.run()
        assert (finished.status, finished.totals.errors) == (RunStatus.COMPLETED, 0)
        assert counts(collection) == (1008, 1003, 0, 0, 5, 1003)
        assert collection.rows("SELECT raw, reason FROM rejected_phones ORDER BY raw") == [
            ("79571234563.5", "not_whole"),
            ("null", "not_a_record"),
            ('{"number": "79571234560"}', "not_a_record"),
            ('{"phone": "79571234561", "created_at": 1693909805}', "not_a_record"),
            (
                '{"phone": ["79571234562"], "created_at": "2026-11-20 10:00:00"}',
                "not_a_record",
            ),
        ]
        assert revalidate(collection.database, Accept.POSSIBLE).accepted == 0
        forget(collection.database, "+79571234561", datetime.now(UTC))
        assert b"79571234561" not in collection.database.read_bytes()
        collection.run()
        assert b"79571234561" not in collection.database.read_bytes()
        assert not contradictions(collection.database)
