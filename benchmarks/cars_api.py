"""The cars' API under 50 clients, on PostgreSQL with 250,000 listings, all on this machine.

The mix: two thirds /offers with filters, followed by cursor, a third /offers/{id}, a twentieth
/filters. Beside it in the same run: the frame with a constant answer of the size of a page; the mix
by turns with and without rows being normalised; an ordinary FastAPI and SQLAlchemy ORM version of
/offers with the same filters; and Datasette on the same rows in an SQLite file (where `pip` can get
it).
wrk asks (Debian's package); the load is in every figure, for client, server and database share the
processors.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests
from sqlalchemy import insert, select, update

from benchmarks import report
from core.cars.api.tokens import CarsTokens
from core.cars.database import MIGRATIONS
from core.cars.tables import processed_data, sync_state
from core.database.sql.engine import open_engine
from core.database.sql.place import parse_place
from core.web.tokens import digest
from tests.postgres import Postgres

TOKEN = "benchmarkToken16"  # noqa: S105
CLIENTS = 50
_MARKS = [f"Mark {number}" for number in range(60)]
_BODIES = ("suv", "sedan", "hatchback", "minivan", "pickup", "coupe")
_LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[(number * 7919) %% #paths + 1])
end
wrk.headers["X-API-Key"] = "%s"
done = function(summary, latency)
  local lost = summary.errors.connect + summary.errors.read + summary.errors.write
  print(string.format("FOUND %%d %%.6f %%d %%d %%d %%d %%d", summary.requests,
    summary.duration / 1e6, latency:percentile(50), latency:percentile(95),
    summary.errors.status, lost, summary.errors.timeout))
end
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=250_000)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not here (Debian: wrk)", file=sys.stderr)
        return 1
    print(f"{report.machine()}; load before: {report.load()}")
    with tempfile.TemporaryDirectory(prefix="cars-api-") as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(tempfile.mkdtemp(prefix="postgres-")))
        server.make()
        server.start()
        try:
            url = server.url(server.new_database())
            _fill(url, options.listings)
            _measure(url, Path(folder), options.seconds, options.rounds)
        finally:
            server.stop()
    print(f"load after: {report.load()}")
    return 0


def _listing(number: int, chance: random.Random) -> dict[str, Any]:
    mark = chance.choice(_MARKS)
    model = f"Model {chance.randrange(12)}"
    now = datetime.now(UTC) - timedelta(minutes=chance.randrange(100_000))
    return {
        "inner_id": str(50_000_000 + number),
        "active_status": int(chance.random() < 0.05),
        "url": f"https://cars.example/dealer/{number % 10_000}/{50_000_000 + number}.html",
        "mark": mark,
        "model": model,
        "title": f"{mark} {model} {chance.randrange(2005, 2027)}款 豪华版",
        "configuration": {"基本参数": {f"参数 {one}": "标准配置" for one in range(30)}},
        "year": chance.randrange(2005, 2027),
        "color": chance.choice(("white", "black", "silver", "red", "blue")),
        "price": chance.choice((None, *range(10_000, 600_000, 997))),
        "km_age": chance.randrange(0, 300_000),
        "engine_type": chance.choice(("petrol", "diesel", "electric", "hybrid")),
        "transmission_type": chance.choice(("automatic", "manual")),
        "body_type": chance.choice(_BODIES),
        "drive_type": chance.choice(("fwd", "rwd", "awd")),
        "displacement": chance.choice((1.4, 1.6, 2.0, 3.0)),
        "power": chance.randrange(70, 500),
        "city": f"城市{chance.randrange(300)}",
        "seller_type": "dealer",
        "is_dealer": chance.random() < 0.8,
        "description": "车况良好，" * 30,
        "images": [f"https://img.example/{number}/{one}.jpg" for one in range(8)],
        "normalized_data": {"original": {"color": "Белый"}},
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "fingerprint": number,
        "search": f"{mark} {model}".casefold(),
    }


def _fill(url: str, number: int) -> None:
    place = parse_place(url, "benchmark")
    engine = open_engine(place)
    MIGRATIONS.upgrade(engine, place)
    CarsTokens(engine, place).add(digest(TOKEN), "", (), None)
    chance = random.Random(1)  # noqa: S311
    with engine.begin() as connection:
        for begin in range(0, number, 2000):
            rows = [_listing(one, chance) for one in range(begin, min(begin + 2000, number))]
            connection.execute(insert(processed_data), rows)
        connection.execute(update(sync_state).values(version=1))
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        print(f"{number} listings, {size[0] / 1e6:.0f} MB" if size else "")


def _measure(url: str, folder: Path, seconds: int, rounds: int) -> None:
    constant = folder / "constant.json"
    constant.write_bytes(b"{}")
    with _process("benchmarks.cars_server", url) as ours:
        _wait_until_counted(ours, url)
        paths = _paths(ours)
        page = requests.get(ours + paths[0], headers={"X-API-Key": TOKEN}, timeout=60)
        constant.write_bytes(page.content)
        simple = [path for path in paths if "cursor" not in path and path.startswith("/offers?")]
        with _process("benchmarks.cars_server", url, str(constant)) as frame:
            for _round in range(rounds):
                _tell("the mix", ours, paths, seconds, folder)
                _tell("/offers alone, no cursor", ours, simple, seconds, folder)
                name = f"constant, {len(page.content)} bytes"
                _tell(name, frame, ["/constant"], seconds, folder)
        # Before the others: what these were asked for goes on when nobody waits for it any more.
        for _round in range(rounds):
            _tell("the mix", ours, paths, seconds, folder)
            with _normalising(url):
                _tell("the mix while rows are normalised", ours, paths, seconds, folder)
    with _orm(url, folder) as orm:
        for _round in range(rounds):
            _tell("FastAPI and ORM, /offers", orm, simple, seconds, folder)
    with _datasette(url, folder) as datasette:
        for _round in range(rounds if datasette else 0):
            asked = _for_datasette(simple)
            _tell("Datasette, a filtered table", datasette, asked, seconds, folder)


def _tell(name: str, address: str, paths: Sequence[str], seconds: int, folder: Path) -> None:
    print(f"{name:<34}", _wrk(address, paths, seconds, folder), flush=True)


def _wait_until_counted(address: str, url: str) -> None:
    """Until all listings on sale are counted: before that the database is asked for each total."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT COUNT(*) FROM processed_data WHERE active_status = 0")
        [on_sale] = row.fetchone() or (0,)
    headers = {"X-API-Key": TOKEN}
    while True:
        stats = requests.get(f"{address}/stats", headers=headers, timeout=60).json()
        if stats["listings"]["on_sale"] >= on_sale:
            return
        time.sleep(0.1)


def _paths(address: str) -> list[str]:
    """What the clients ask for, cursors as the server gave them."""
    chance = random.Random(2)  # noqa: S311
    found: list[str] = []
    ids: list[str] = []
    session = requests.Session()
    session.headers["X-API-Key"] = TOKEN
    while len(found) < 600:
        least = chance.randrange(10_000, 300_000, 1000)
        asked = chance.choice(
            (
                f"mark={chance.choice(_MARKS).lower().replace(' ', '%20')}",
                f"body_type={chance.choice(_BODIES)}&price_from={least}&price_to={2 * least}",
                f"price_from={least}",
            )
        )
        path = f"/offers?{asked}"
        found.append(path)
        for _page in range(4):
            answer = session.get(address + path, timeout=60).json()
            ids += [offer["inner_id"] for offer in answer["result"]]
            cursor = answer["meta"]["next_cursor"]
            if cursor is None:
                break
            path = f"/offers?{asked}&cursor={cursor}"
            found.append(path)
    chance.shuffle(ids)
    found += [f"/offers/{one}" for one in ids[: len(found) // 2]]
    found += ["/filters"] * (len(found) // 20)
    chance.shuffle(found)
    found.sort(key=lambda path: path.startswith("/offers?") and "cursor" not in path, reverse=True)
    return found


def _wrk(address: str, paths: Sequence[str], seconds: int, folder: Path) -> str:
    listed, script = folder / "paths.txt", folder / "mix.lua"
    listed.write_text("\n".join(paths))
    script.write_text(_LUA % (listed, TOKEN))
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", str(script), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"FOUND (\d+) ([\d.]+) (\d+) (\d+) (\d+) (\d+) (\d+)", said)
    if found is None:
        return said
    number, took, middle, slow, errors, lost, late = (float(one) for one in found.groups())
    return (
        f"{number / took:7.0f}/s, half within {middle / 1000:6.1f} ms, "
        f"95 % within {slow / 1000:6.1f} ms, {errors:.0f} errors, "
        f"{lost:.0f} connections lost, {late:.0f} later than 2 s"
    )


@contextmanager
def _process(module: str, *words: str) -> Iterator[str]:
    """A server of ours; its address."""
    command = [sys.executable, "-m", module, *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


@contextmanager
def _orm(url: str, _folder: Path) -> Iterator[str]:
    with _listening(
        "benchmarks.references.cars_api_orm", url.replace("://", "+psycopg://")
    ) as found:
        yield found


@contextmanager
def _listening(module: str, *words: str, python: str = sys.executable) -> Iterator[str]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", module, *words, str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            while process.poll() is None:
                try:
                    requests.get(address, timeout=60)
                    break
                except requests.ConnectionError:
                    continue
            yield address
        finally:
            process.kill()  # what it is still asked for has no end


@contextmanager
def _datasette(url: str, folder: Path) -> Iterator[str]:
    """Datasette with the same rows; empty where it cannot be had."""
    home = folder / "datasette"
    made = subprocess.run([sys.executable, "-m", "venv", home], check=False).returncode
    python = str(home / "bin" / "python")
    got = (
        made
        or subprocess.run(
            [python, "-m", "pip", "install", "-q", "datasette==0.65.5", "setuptools<81"],
            check=False,
        ).returncode
    )
    if got:
        yield ""
        return
    file = folder / "same.db"
    _copy(url, file)
    with _listening(
        "datasette",
        "serve",
        str(file),
        "--setting",
        "max_returned_rows",
        "100",
        "-p",
        python=python,
    ) as address:
        yield address


def _copy(url: str, file: Path) -> None:
    place = parse_place(f"sqlite:///{file}", "benchmark")
    engine, source = open_engine(place), open_engine(parse_place(url, "benchmark"), reading=True)
    MIGRATIONS.upgrade(engine, place)
    with source.connect() as reading, engine.begin() as writing:
        rows = reading.execution_options(yield_per=5000).execute(processed_data.select())
        for part in rows.mappings().partitions():
            writing.execute(insert(processed_data), [dict(row) for row in part])
    engine.dispose()
    source.dispose()


def _for_datasette(paths: Sequence[str]) -> list[str]:
    """The same filters in its words."""
    found = []
    for path in paths:
        words = path.partition("?")[2].split("&")
        asked = ["active_status=0", "_size=20", "_sort_desc=updated_at"]
        for word in words:
            name, _sign, value = word.partition("=")
            if name == "mark":
                value = value.title()
            asked.append(
                f"price__gte={value}"
                if name == "price_from"
                else f"price__lte={value}"
                if name == "price_to"
                else f"{name}={value}"
            )
        found.append(f"/same/processed_data.json?{'&'.join(asked)}")
    return found


@contextmanager
def _normalising(url: str) -> Iterator[None]:
    """Rows change as a normalising run changes them: batches of 200, one transaction each."""
    over = threading.Event()

    def work() -> None:
        engine, begin = open_engine(parse_place(url, "benchmark")), 50_000_000
        with engine.connect() as connection:
            version = connection.execute(select(sync_state.c.version)).scalar_one()
        while not over.is_set():
            version += 1
            with engine.begin() as connection:
                ids = [str(one) for one in range(begin, begin + 200)]
                connection.execute(
                    update(processed_data)
                    .where(processed_data.c.inner_id.in_(ids))
                    .values(version=version, updated_at=datetime.now(UTC))
                )
                connection.execute(update(sync_state).values(version=version))
            begin = 50_000_000 + (begin + 200) % 200_000
            over.wait(0.05)
        engine.dispose()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
