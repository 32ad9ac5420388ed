"""The commands as processes: exit codes, stopping, and that nothing leaks."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.cars.stand_in.market import Market
from core.cars.stand_in.server import VendorFaults, VendorServer
from core.stand_in.faults import mixed
from tests.cars.working import Works

ROOT = Path(__file__).parents[2]
Cars = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def works(tmp_path: Path, server: VendorServer) -> Works:
    return Works(tmp_path / "home", f"sqlite:///{tmp_path / 'cars.db'}", server)


@pytest.fixture
def cars(works: Works) -> Cars:
    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "app.py"), "cars", *words],
            env={**os.environ, **works.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.slow
def test_nothing_of_the_key_and_nobodys_phone_leaks(
    works: Works, cars: Cars, server: VendorServer, tmp_path: Path
) -> None:
    server.faults = VendorFaults(shares=mixed(0.3), retry_after=0, max_in_a_row=1)
    said = ""
    for words in (("load", "--once"), ("update",), ("check",), ("filters",), ("export",)):
        done = cars(*words, LOG_LEVEL="DEBUG")
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    server.revoke_key()
    refused = cars("update", CHE168_API_KEY="another-key-4711")
    assert refused.returncode == 1
    said += refused.stdout + refused.stderr
    kept = (
        b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        + said.encode()
    )
    assert b"another-key-4711" not in kept
    assert works.environment["CHE168_API_KEY"].encode() not in kept
    assert b"api_key=" not in kept
    assert b"9070000001" not in kept


def test_sigterm_stops_between_two_transactions(
    works: Works, server: VendorServer, market: Market
) -> None:
    server.faults = VendorFaults(latency=(0.2, 0.2))
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "cars", "load", "--once"],
        env={**os.environ, **works.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(server.journal) < 3 and process.poll() is None:
        server.wait(0.01)
    process.send_signal(signal.SIGTERM)
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Stopped" in errors
    server.faults = VendorFaults()
    works.load(once=True)
    works.check_raw(market)


def test_lost_pages_end_with_their_own_exit_code(cars: Cars, server: VendorServer) -> None:
    server.faults = VendorFaults(broken_pages={2})
    done = cars("load", "--once", CARS_MAX_RETRIES="0", CARS_RETRY_TIMES="0")
    assert done.returncode == 3
    assert "1" in done.stderr
    server.faults = VendorFaults()
    assert cars("load", "--once").returncode == 0


def test_status_is_for_programs_too(cars: Cars, works: Works) -> None:
    assert cars("status").returncode == 1  # no database yet
    assert cars("init").returncode == 0
    assert "Nothing was loaded yet" in cars("status").stdout
    works.load(once=True)
    works.normalize()
    found = json.loads(cars("status", "--json").stdout)
    assert found["phase"] == "current"
    assert found["listings"] == found["normalized"] == len(works.raw())
    assert found["operations"][0]["status"] == "OK"


def test_check_finds_contradictions(cars: Cars, works: Works) -> None:
    works.load(once=True)
    works.normalize()
    assert cars("check").returncode == 0
    with works.engine.begin() as db:
        db.exec_driver_sql("UPDATE processed_data SET active_status = 1")
    done = cars("check")
    assert done.returncode == 1
    assert "contradicts itself" in done.stdout
    works.close()


def test_without_a_key_it_is_said_what_to_do(cars: Cars) -> None:
    done = cars("load", CHE168_API_KEY="")
    assert done.returncode == 2
    assert "CHE168_API_KEY" in done.stderr
    assert "--demo" in done.stderr


def test_exports_hold_every_listing_on_sale(cars: Cars, works: Works, tmp_path: Path) -> None:
    works.load(once=True)
    works.normalize()
    for form in ("csv", "xlsx"):
        target = tmp_path / f"cars.{form}"
        done = cars("export", "--format", form, "--out", str(target))
        assert done.returncode == 0, done.stderr
        assert target.stat().st_size > 10_000
    with (tmp_path / "cars.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    processed = works.processed()
    assert {row["inner_id"] for row in rows} == {
        name for name, row in processed.items() if row["active_status"] == 0
    }
    for row in rows:
        price = processed[row["inner_id"]]["price"]
        assert row["price"] == ("" if price is None else str(price))
    works.close()


@pytest.mark.slow
def test_the_demo_shows_listings(cars: Cars) -> None:
    for words in (("load",), ("update",), ("list",)):
        done = cars(*words, "--demo", CARS_DEMO="listings=200 faults=0.1 brand=ru")
        assert done.returncode == 0, done.stderr
    assert "BMW" in done.stdout
