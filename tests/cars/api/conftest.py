"""The API over a real database of made-up listings, served over real HTTP."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, insert, select, update

from core.cars.api.application import ApiSettings, make_app
from core.cars.api.tokens import CarsTokens
from core.cars.database import MIGRATIONS
from core.cars.tables import processed_data, sync_state
from core.database.sql.engine import open_engine
from core.database.sql.place import Place, parse_place
from core.stop import StopSignal
from core.web.address import Address
from core.web.server import HttpServer
from core.web.tokens import digest

TOKEN = "Abcdef0123456789"
PROBLEM = {"field": "year", "problem": "out_of_range", "given": "1"}
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
Row = dict[str, Any]

_CHOICES: dict[str, tuple[str | None, ...]] = {
    "mark": ("Toyota", "TOYOTA", "Honda", "Lynk & Co", "Škoda", None),
    "model": ("Camry", "Civic", "03", "Octavia", None),
    "color": ("white", "black", "чёрный", None),
    "engine_type": ("petrol", "hybrid", "electric", None),
    "transmission_type": ("automatic", "manual", None),
    "body_type": ("suv", "sedan", None),
    "drive_type": ("fwd", "awd", None),
    "seller_type": ("dealer", "person", None),
    "city": ("上海", "北京", "Guangzhou", None),
}


def listing(number: int, chance: random.Random, version: int) -> Row:
    """A made-up row of processed_data."""
    row: Row = {column: chance.choice(values) for column, values in _CHOICES.items()}
    row |= {
        "inner_id": str(50_000_000 + number),
        "active_status": int(chance.random() < 0.1),
        "url": f"https://cars.example/{number}",
        "title": f"Listing {number} 100% _new_",
        "car_name": chance.choice(("凯美瑞 2021款", "Civic Sport!", None)),
        "year": chance.choice((None, *range(2015, 2027))),
        "price": chance.choice((None, *range(10_000, 200_000, 10_000))),
        "km_age": chance.choice((None, 0, *range(10_000, 200_000, 15_000))),
        "displacement": chance.choice((None, 0.0, 1.4, 1.5, 2.0, 3.0)),
        "power": chance.choice((None, 75, 120, 178, 300)),
        "is_dealer": chance.choice((None, True, False)),
        "description": f"Contact seller {number}",
        "images": [f"https://img.example/{number}.jpg"],
        "configuration": {"基本参数": {"车型名称": "凯美瑞"}},
        "normalized_data": {
            "problems": [{"field": "year", "problem": "out_of_range", "given": "1"}]
        }
        if number % 7 == 0
        else {},
        "created_at": BEGIN,
        # Whole batches share a moment, as the normaliser writes them.
        "updated_at": BEGIN + timedelta(hours=chance.randrange(20), microseconds=number % 3),
        "version": version,
        "fingerprint": number,
    }
    words = (row["mark"], row["model"], row["car_name"], row["title"])
    row["search"] = " ".join(word for word in words if word).casefold()
    return row


@dataclass
class Cars:
    """A database with listings, and the same rows in memory."""

    place: Place
    engine: Engine
    rows: dict[str, Row] = field(default_factory=dict)
    version: int = 0

    def put(self, rows: list[Row]) -> None:
        """Write a batch as the normaliser does: one transaction, one version."""
        self.version += 1
        with self.engine.begin() as connection:
            for row in rows:
                row["version"] = self.version
                known = row["inner_id"] in self.rows
                where = processed_data.c.inner_id == row["inner_id"]
                statement = update(processed_data).where(where) if known else insert(processed_data)
                connection.execute(statement.values(**row))
            connection.execute(update(sync_state).values(version=self.version))
        self.rows |= {row["inner_id"]: row for row in rows}

    def fill(self, number: int, seed: int = 1) -> None:
        """Make that many listings."""
        chance = random.Random(seed)
        rows = [listing(one, chance, 1) for one in range(number)]
        self.version += 1
        with self.engine.begin() as connection:
            connection.execute(insert(processed_data), rows)
            connection.execute(update(sync_state).values(version=self.version))
        self.rows = {row["inner_id"]: row for row in rows}

    @property
    def on_sale(self) -> list[Row]:
        return [row for row in self.rows.values() if row["active_status"] == 0]

    def column(self, name: str) -> list[Any]:
        """What stands in the database."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(processed_data.c[name])).scalars())


@dataclass
class Api:
    """A server that answers, and a session with its token."""

    url: str
    session: requests.Session
    server: HttpServer

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return self.session.get(self.url + path, params=parameters, timeout=60)

    def json(self, path: str, **parameters: Any) -> Any:
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


Serve = Callable[..., Api]


@pytest.fixture
def cars(database_url: str) -> Iterator[Cars]:
    """An empty database, once a file and once on a server."""
    yield from open_cars(database_url)


def open_cars(url: str) -> Iterator[Cars]:
    place = parse_place(url, "CARS_DATABASE_URL")
    engine = open_engine(place)
    MIGRATIONS.upgrade(engine, place)
    CarsTokens(engine, place).add(digest(TOKEN), "tests", (), None)
    yield Cars(place, engine)
    engine.dispose()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers; they end with the test."""
    servers: list[HttpServer] = []
    sessions: list[requests.Session] = []

    def start(cars: Cars, *, rate: int = 1_000_000, origins: tuple[str, ...] = ()) -> Api:
        address = Address("127.0.0.1", 0)
        app = make_app(cars.place, ApiSettings(address, rate, origins))
        server = HttpServer(app, address, StopSignal(), "CARS_API_PORT")
        server.start()
        servers.append(server)
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        sessions.append(session)
        return Api(server.address.url, session, server)

    yield start
    for session in sessions:
        session.close()
    for server in servers:
        server.stop()
