"""One real PostgreSQL for all tests of a session, and an empty database for each test.

It lies in a temporary folder, listens on a free port of this computer and runs as an ordinary
user, because it refuses to run as root. It keeps nothing safe from a power cut, which makes it
fast; from everything that a test can do to it, it keeps what any PostgreSQL keeps.
"""

import getpass
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "timezone": "Asia/Shanghai",  # whoever relies on the server's time zone is found out
}
PATIENCE = 60.0


class Postgres:
    """A server that can be stopped and started again; `port` stays the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = _DEBIAN[-1] if _DEBIAN else None
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self._as_user: dict[str, object] = {}
        if os.geteuid() == 0:
            shutil.chown(folder, self.user)
            self._as_user = {"user": self.user, "group": self.user, "extra_groups": []}
        self._data = folder / "data"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def make(self) -> None:
        """Lay out the files."""
        words = ["-D", str(self._data), "-U", self.user, "--auth", "trust", "--no-sync"]
        command = [self._program("initdb"), *words, "--encoding", "UTF8", "--locale", "C.UTF-8"]
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, **self._as_user)  # type: ignore[call-overload]

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(self._program("postgres"), "-D", str(self._data), "-p", str(self.port)),
                    *("-k", str(self._folder), *options),
                ],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,  # Ctrl+C at the tests is not for it
                **self._as_user,
            )  # type: ignore[call-overload]
        self._wait_until_it_answers()

    def stop(self, *, at_once: bool = True) -> None:
        """Stop it: in order, or `at_once` as by a crash, with whatever was under way."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        self._process.wait(PATIENCE)

    def restart(self) -> None:
        """As after a crash: every connection breaks, what was committed stays."""
        self.stop()
        self.start()

    def url(self, database: str) -> str:
        """The address of `database`, as it stands in settings."""
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database; its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove it, whoever is connected still."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def size(self, name: str) -> int:
        """Bytes of a database."""
        with psycopg.connect(self.url(name)) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])

    def run(self, statement: str) -> None:
        """One statement outside of any test's database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        while True:
            try:
                self.run("SELECT 1")
                return
            except psycopg.OperationalError:
                try:
                    self._process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError((self._folder / "log").read_text()) from None

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=str(self._bin) if self._bin else None)
        if found is None:
            pytest.skip("there is no PostgreSQL here (Debian: postgresql-15)")
        return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started_postgres() -> Iterator[Postgres]:
    """A server between the beginning and the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # pytest's own is closed to other users
    with _ended_with_us(folder):
        server = Postgres(folder)
        server.make()
        server.start()
        yield server
        server.stop()


@contextmanager
def _ended_with_us(folder: Path) -> Iterator[None]:
    """Leave neither the server in `folder` nor the folder behind, also where we are killed."""
    command = [sys.executable, str(Path(__file__).with_name("postgres_end.py")), str(folder)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        start_new_session=True,  # what is sent to our group is not for it
    ):
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this session."""
    with started_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: the test runs once in a file, once on a server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
