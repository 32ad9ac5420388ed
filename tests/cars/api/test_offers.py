"""/offers finds what a plain filter in Python finds over the same rows, on both databases."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cars.api.conftest import _CHOICES, BEGIN, Api, Cars, Row, Serve

SORTS = ("-updated_at", "price", "-price", "year", "-year", "km_age")
_EVERYTHING = {"limit": 100}


@pytest.fixture
def filled(cars: Cars, serve: Serve) -> tuple[Cars, Api]:
    cars.fill(400)
    api = serve(cars)
    _until_counted(api, cars)
    return cars, api


def _until_counted(api: Api, cars: Cars) -> None:
    """Wait until the server has counted all listings in."""
    while api.json("/offers")["meta"]["total"] != len(cars.on_sale):
        pass


def _choices(values: tuple[str | None, ...]) -> st.SearchStrategy[str]:
    texts = [text for text in values if text]
    spelled = st.sampled_from([*texts, *map(str.upper, texts), *map(str.lower, texts), "nonsense"])
    return st.lists(spelled, min_size=1, max_size=3).map(",".join)


def _bounds(column: str, numbers: list[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {f"{column}_from": st.sampled_from(numbers), f"{column}_to": st.sampled_from(numbers)}


_FILTERS = st.fixed_dictionaries(
    {},
    optional={
        **{column: _choices(values) for column, values in _CHOICES.items()},
        **_bounds("year", [2014, 2018, 2020, 2026]),
        **_bounds("price", [0, 10_000, 55_000, 150_000]),
        **_bounds("km_age", [0, 40_000, 100_000]),
        **_bounds("displacement", ["0", "1.4", "1.45", "2", "2.001"]),
        **_bounds("power", [0, 120, 200]),
        "is_dealer": st.sampled_from(["true", "false"]),
        "updated_since": st.sampled_from(
            [(BEGIN + timedelta(hours=hours)).isoformat() for hours in (0, 7, 19)]
        ),
        "q": st.sampled_from(
            ["toyota", "CIVIC sport!", "100%", "_new_", "凯美瑞", "listing 7", "!"]
        ),
    },
)


def _matches(row: Row, wanted: dict[str, Any]) -> bool:
    for name, value in wanted.items():
        if name in _CHOICES:
            allowed = {part.strip().casefold() for part in value.split(",")}
            if (row[name] or "").casefold() not in allowed:
                return False
        elif name.endswith(("_from", "_to")):
            column, _underline, end = name.rpartition("_")
            number = row[column]
            if number is None:
                return False
            number, bound = Decimal(str(number)), Decimal(str(value))
            if (number < bound) if end == "from" else (number > bound):
                return False
        elif name == "is_dealer":
            if row["is_dealer"] is not (value == "true"):
                return False
        elif name == "updated_since":
            if row["updated_at"].isoformat() < value:
                return False
        elif not all(word in row["search"] for word in value.casefold().split()):
            return False
    return True


def _sorted(rows: list[Row], sort: str) -> list[str]:
    column = sort.removeprefix("-")
    with_value = [row for row in rows if row[column] is not None]
    without = [row for row in rows if row[column] is None]
    down = sort.startswith("-")
    with_value.sort(key=lambda row: (row[column], row["inner_id"]), reverse=down)
    without.sort(key=lambda row: row["inner_id"], reverse=down)
    return [row["inner_id"] for row in with_value + without]


def _walk(api: Api, by: str, **parameters: Any) -> list[str]:
    """All listings, page by page or by cursor."""
    found: list[str] = []
    place: dict[str, Any] = {}
    while True:
        answer = api.json("/offers", **parameters, **place)
        found += [offer["inner_id"] for offer in answer["result"]]
        following = answer["meta"][f"next_{by}"]
        if following is None:
            return found
        place = {by: following}


@given(wanted=_FILTERS, sort=st.sampled_from(SORTS), by=st.sampled_from(["page", "cursor"]))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_filters_find_what_they_say(
    filled: tuple[Cars, Api], wanted: dict[str, Any], sort: str, by: str
) -> None:
    cars, api = filled
    expected = _sorted([row for row in cars.on_sale if _matches(row, wanted)], sort)
    assert _walk(api, by, sort=sort, **wanted, **_EVERYTHING) == expected
    assert api.json("/offers", **wanted)["meta"]["total"] == len(expected)


@pytest.mark.parametrize("sort", SORTS)
def test_listings_without_a_value_stay_in_every_sort(filled: tuple[Cars, Api], sort: str) -> None:
    cars, api = filled
    found = _walk(api, "cursor", sort=sort, limit=7)
    assert found == _sorted(cars.on_sale, sort)
    assert any(row[sort.removeprefix("-")] is None for row in cars.on_sale) or "updated" in sort


def test_columns_are_typed_and_the_same_on_both_databases(filled: tuple[Cars, Api]) -> None:
    cars, api = filled
    for row in cars.on_sale[:50]:
        offer = api.json(f"/offers/{row['inner_id']}")
        for column in ("mark", "price", "year", "displacement", "is_dealer", "images"):
            assert offer[column] == row[column], column
        assert offer["configuration"] == row["configuration"]
        assert offer["created_at"] == "2026-11-01T00:00:00Z"
        moment = row["updated_at"].isoformat().replace("+00:00", "Z")
        assert offer["updated_at"] == moment
        assert offer["description"] == row["description"]
        assert offer["price_history"] == []


def test_what_is_not_on_sale_stands_nowhere(filled: tuple[Cars, Api]) -> None:
    cars, api = filled
    gone = [row["inner_id"] for row in cars.rows.values() if row["active_status"]]
    assert gone
    found = set(_walk(api, "cursor", limit=100))
    assert not found & set(gone)
    assert api.get(f"/offers/{gone[0]}").status_code == 404
    assert api.get("/offers/1").status_code == 404


@pytest.mark.slow
def test_a_cursor_meets_each_unchanged_listing_once(cars: Cars, serve: Serve) -> None:
    cars.fill(10_000)
    api = serve(cars)
    before = {row["inner_id"]: dict(row) for row in cars.on_sale}
    to_change = random.Random(5).sample(list(before), 1200)
    met: list[str] = []
    cursor: dict[str, str] = {}
    changed_so_far = 0
    while True:
        answer = api.json("/offers", limit=100, sort="-price", **cursor)
        met += [offer["inner_id"] for offer in answer["result"]]
        if answer["meta"]["next_cursor"] is None:
            break
        cursor = {"cursor": answer["meta"]["next_cursor"]}
        changed = [dict(cars.rows[key]) for key in to_change[:12]]
        del to_change[:12]
        for row in changed:
            row["price"] = (row["price"] or 0) + 5_000
            row["updated_at"] = BEGIN + timedelta(days=3)
        cars.put(changed)
        changed_so_far += len(changed)
    assert changed_so_far >= 1000
    untouched = {key for key, row in before.items() if cars.rows[key]["price"] == row["price"]}
    counted = [key for key in met if key in untouched]
    assert sorted(counted) == sorted(untouched)
