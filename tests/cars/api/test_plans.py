"""How each kind of question is answered: by an index, never by looking at all listings, but where
the contract leaves nothing else (a search by words in a file)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.cars.api.cursors import ORDERS, Cursor
from core.cars.api.offers_sql import Statement, Wanted, changes, offers, one_offer
from core.cars.api.reading import _for_file, _numbered
from tests.cars.api.conftest import BEGIN, Cars, open_cars

LISTINGS = 20_000
_AFTER: dict[str, Any] = {"-updated_at": BEGIN + timedelta(hours=9)}
_NOTHING = Wanted({}, {})
_RARE = Wanted({"mark": ["Škoda"], "color": ["чёрный"], "city": ["Guangzhou"]}, {})
_SEARCHED = Wanted({}, {}, words=["1234"])
QUESTIONS = {
    "a listing": one_offer("50000007"),
    "changes": changes(1, "50000007", 501),
    **{f"by {sort}": offers(_NOTHING, order, 21) for sort, order in ORDERS.items()},
    **{
        f"by {sort} by cursor": offers(
            _NOTHING, order, 21, after=Cursor(sort, _AFTER.get(sort, 2020), "50000007")
        )
        for sort, order in ORDERS.items()
    },
    "by -updated_at, of one mark": offers(
        Wanted({"mark": ["Honda"]}, {}),
        ORDERS["-updated_at"],
        21,
        after=Cursor("-updated_at", BEGIN + timedelta(hours=9), "50000007"),
    ),
    "with a price and a year": offers(
        Wanted({"mark": ["Honda"]}, {"price": (20_000, 90_000), "year": (2018, None)}),
        ORDERS["price"],
        21,
    ),
    "that finds little": offers(_RARE, ORDERS["-updated_at"], 21),
}


@pytest.fixture(scope="module")
def server(postgres: Any) -> Iterator[Cars]:
    name = postgres.new_database()
    for cars in open_cars(postgres.url(name)):
        cars.fill(LISTINGS)
        with cars.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE processed_data")
        yield cars
    postgres.drop_database(name)


def _plan(cars: Cars, statement: Statement) -> str:
    """What PostgreSQL does, as text of its plan."""
    sql, values = _numbered(statement.sql), statement.values
    for number in range(len(values), 0, -1):
        sql = sql.replace(f"${number}", f":v{number}")
    named = {f"v{number}": value for number, value in enumerate(values, 1)}
    with cars.engine.connect() as connection:
        found = connection.execute(text(f"EXPLAIN (FORMAT JSON) {sql}"), named).scalar_one()
    return json.dumps(found)


@pytest.mark.slow
@pytest.mark.parametrize("question", [*QUESTIONS, "by words"])
def test_postgresql_looks_at_no_table_as_a_whole(server: Cars, question: str) -> None:
    statement = QUESTIONS.get(question) or offers(_SEARCHED, ORDERS["-updated_at"], 21)
    plan = _plan(server, statement)
    assert "Seq Scan" not in plan, plan
    if question.startswith("by ") and question != "by words":
        assert '"Node Type": "Sort"' not in plan, plan  # read in the order in which it lies


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_file_is_read_by_its_indexes(tmp_path: Any, question: str) -> None:
    statement = QUESTIONS[question]
    for cars in open_cars(f"sqlite:///{tmp_path / 'plans.db'}"):
        with cars.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement.sql}", tuple(map(_for_file, statement.values))
            ).fetchall()
        told = [row[3] for row in rows]
        assert all("USING" in line for line in told if line.startswith(("SCAN", "SEARCH"))), told
        if question.startswith("by "):
            assert not any("TEMP B-TREE" in line for line in told), told
