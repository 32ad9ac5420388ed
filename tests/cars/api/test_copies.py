"""A front end's copy kept by /changes alone equals a fresh read, whatever is killed on the way."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from core.cars.tables import raw_data
from tests.cars.api.conftest import Api, Cars, Serve

ROOT = Path(__file__).parents[3]
KILLS = 50 if os.environ.get("TORTURE") == "full" else 6
LISTINGS = 300


class Copy:
    """What a front end keeps."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._since = "0"
        self.offers: dict[str, Any] = {}

    def follow(self) -> None:
        while True:
            answer = self._api.json("/changes", since=self._since)
            for change in answer["result"]:
                assert (change["offer"] is not None) is change["on_sale"]
                if change["on_sale"]:
                    self.offers[change["inner_id"]] = change["offer"]
                else:
                    self.offers.pop(change["inner_id"], None)
            self._since = answer["meta"]["next_since"]
            if not answer["meta"]["more"]:
                return


def _fresh(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = {}
    place: dict[str, Any] = {}
    while True:
        answer = api.json("/offers", limit=100, **place)
        found |= {offer["inner_id"]: offer for offer in answer["result"]}
        if answer["meta"]["next_cursor"] is None:
            return found
        place = {"cursor": answer["meta"]["next_cursor"]}


def _load(cars: Cars) -> None:
    now = datetime.now(UTC)
    with cars.engine.begin() as connection:
        connection.execute(
            insert(raw_data),
            [
                {
                    "inner_id": str(60_000_000 + number),
                    "change_type": "added",
                    "data": {"mark": "Toyota", "price": 10_000 + number, "year": 2020},
                    "first_loaded_at": now,
                    "last_updated_at": now,
                    "source": "initial_load",
                    "active_status": 0,
                    "is_processed": False,
                }
                for number in range(LISTINGS)
            ],
        )


def _change(cars: Cars, chance: random.Random) -> None:
    """What an update of the feed leaves: prices change, listings go and come back."""
    with cars.engine.begin() as connection:
        rows = connection.execute(select(raw_data.c.id, raw_data.c.data)).all()
        for number, data in chance.sample(rows, 60):
            values: dict[str, Any] = {"is_processed": False}
            if chance.random() < 0.3:
                values["active_status"] = chance.randrange(2)
            else:
                values["data"] = {**data, "price": chance.randrange(10_000, 90_000)}
            connection.execute(update(raw_data).where(raw_data.c.id == number).values(**values))


def _normalize(cars: Cars, home: Path) -> "subprocess.Popen[bytes]":
    url = cars.place.url.render_as_string(hide_password=False).replace("+psycopg", "")
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "cars", "normalize", "--batch-size", "5"],
        env={
            **os.environ,
            "DATAMASTER_HOME": str(home),
            "DATAMASTER_KEYRING": "off",
            "CARS_DATABASE_URL": url,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    _out, said = process.communicate(timeout=100)
    assert process.returncode == 0, said.decode()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_after_updates_with_kills_of_the_writer(cars: Cars, serve: Serve, tmp_path: Path) -> None:
    chance = random.Random(20)
    _load(cars)
    _end(_normalize(cars, tmp_path))
    api = serve(cars)
    copy = Copy(api)
    copy.follow()
    assert len(copy.offers) == LISTINGS
    killed = 0
    for _update in range(KILLS):
        _change(cars, chance)
        writer = _normalize(cars, tmp_path)
        before = api.json("/changes", since="0")
        while writer.poll() is None:
            if api.json("/changes", since="0") != before:  # it has begun to write
                time.sleep(chance.random() * 0.05)
                writer.send_signal(signal.SIGKILL)
                break
        writer.wait()
        killed += writer.returncode == -signal.SIGKILL
        assert writer.stderr is not None
        writer.stderr.close()
        copy.follow()
        assert copy.offers == _fresh(api)
    assert killed > KILLS // 3
    _end(_normalize(cars, tmp_path))
    copy.follow()
    assert copy.offers == _fresh(api)


def test_a_copy_learns_what_came_changed_and_went(cars: Cars, serve: Serve) -> None:
    cars.fill(1200)
    api = serve(cars)
    copy = Copy(api)
    copy.follow()
    assert copy.offers == _fresh(api)
    rows = [dict(row) for row in cars.rows.values()]
    for row in rows[:700]:
        row["active_status"] = 1 - row["active_status"]
    cars.put(rows[:700])
    copy.follow()
    assert set(copy.offers) == {row["inner_id"] for row in cars.on_sale}
    assert copy.offers == _fresh(api)


@pytest.mark.parametrize("since", ["x", "-1", "1e3", "9" * 19, "１"])
def test_a_since_that_was_never_given_is_refused(cars: Cars, serve: Serve, since: str) -> None:
    assert serve(cars).get("/changes", since=since).status_code == 422
