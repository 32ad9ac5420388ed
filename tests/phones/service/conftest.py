"""The program served over HTTP: in this process, and as a process of its own."""

import contextlib
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.phones.cli import tokens as _tokens_command  # noqa: F401 - imported once, not per test
from core.phones.datamaster.demo.server import DemoServer
from core.phones.program import Program, open_program
from core.phones.storage.tokens import SCOPES, PhonesTokens
from core.web.tokens import digest, new_token
from tests.phones.cli.conftest import Api, Installation, install, start_api

__all__ = ["install", "start_api"]

PATIENCE = 60.0


@dataclass
class Client:
    """Asks a served program; `token` may do everything unless a test says otherwise."""

    url: str
    token: str
    tls: ssl.SSLContext | bool = True

    def get(self, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        return self._ask("GET", path, token, **more)

    def post(self, path: str, body: object = None, token: str | None = None) -> httpx.Response:
        return self._ask("POST", path, token, json=body)

    def _ask(self, method: str, path: str, token: str | None, **more: Any) -> httpx.Response:
        given = self.token if token is None else token
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        return httpx.request(
            method, f"{self.url}{path}", headers=headers, timeout=PATIENCE, verify=self.tls, **more
        )

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def metrics(self) -> dict[str, float]:
        """Each sample by its name with labels, as in the text."""
        samples = {}
        for line in self.get("/metrics").text.splitlines():
            if not line.startswith("#"):
                name, _space, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples

    def wait_for_end(self, run: int, status: str = "completed") -> dict[str, Any]:
        """The run once it has ended, and its lock is free again."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found: dict[str, Any] = self.json(f"/runs/{run}")
            if found["status"] != "running" and not self.json("/status")["collecting"]:
                assert found["status"] == status, found
                return found
            time.sleep(0.05)
        raise AssertionError(f"run {run} did not end")

    @contextmanager
    def listening(self) -> Iterator["Events"]:
        """The events from now on."""
        events = Events()
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.stream(
            "GET", f"{self.url}/events", headers=headers, timeout=PATIENCE, verify=self.tls
        ) as answer:
            assert answer.status_code == 200
            reader = threading.Thread(target=events.read, args=(answer,), daemon=True)
            reader.start()
            events.wait_for("State")
            yield events
            stream = answer.extensions["network_stream"]
            with contextlib.suppress(OSError):  # it wakes the reader
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            reader.join(PATIENCE)


@dataclass
class Events:
    """Server-sent events as they come in."""

    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False

    def read(self, answer: httpx.Response) -> None:
        name = ""
        try:
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    with self.news:
                        self.seen.append((name, json.loads(line.removeprefix("data: "))))
                        self.news.notify_all()
        except (httpx.HTTPError, httpx.StreamError, OSError):
            pass
        finally:
            with self.news:
                self.ended = True
                self.news.notify_all()

    def wait_for(self, name: str, count: int = 1) -> dict[str, Any]:
        """The fields of the `count`-th event of this name."""

        def found() -> list[dict[str, Any]]:
            return [fields for event, fields in self.seen if event == name]

        with self.news:
            self.news.wait_for(lambda: len(found()) >= count or self.ended, PATIENCE)
            assert len(found()) >= count, f"no {name} among {[event for event, _ in self.seen]}"
            return found()[count - 1]

    def wait_end(self) -> None:
        with self.news:
            assert self.news.wait_for(lambda: self.ended, PATIENCE)


def make_token(database: Path, *scopes: str) -> str:
    token = new_token()
    book = PhonesTokens(database)
    book.add(digest(token), "test", scopes or SCOPES, None)
    return token


@pytest.fixture
def api() -> Iterator[Callable[..., DemoServer]]:
    """Starts built-in APIs in this process; options as of the demo."""
    from core.phones.program import demo_server

    started: list[DemoServer] = []

    def start(options: str = "--clients 4 --projects 20 --records 3000") -> DemoServer:
        started.append(demo_server(Path("nowhere.db"), options))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()


@dataclass
class Served:
    """A program that answers, in this process."""

    program: Program
    client: Client

    @property
    def database(self) -> Path:
        return self.program.settings.database_path


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path, install: Callable[..., Installation]) -> Iterator[Serve]:
    """Serve a program that collects from an API; further settings by name."""
    opened: list[Program] = []

    def start(server: DemoServer | Api | None = None, **settings: str) -> Served:
        settings.setdefault("SERVICE_HTTP", "127.0.0.1:0")
        home = install(server, f"home-{len(opened)}", **settings)
        token = make_token(home.database)
        program = open_program(environ=home.environment)
        opened.append(program)
        program.serve_http()
        address = program.service.address
        assert address is not None
        return Served(program, Client(address.url, token))

    yield start
    for program in opened:
        program.close()


@dataclass
class Process:
    """`app.py serve` as a process of its own."""

    home: Installation
    process: "subprocess.Popen[str]"
    client: Client


Start = Callable[..., Process]


@pytest.fixture
def start(install: Callable[..., Installation]) -> Iterator[Start]:
    """Start `app.py serve` in a home, with SERVICE_HTTP on a free port."""
    started: list[Process] = []

    def begin(home: Installation) -> Process:
        home.environment.setdefault("SERVICE_HTTP", "127.0.0.1:0")
        token = make_token(home.database)
        process = home.start("serve")
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "http://" in first, first + (process.stderr.read() if process.stderr else "")
        url = first.split()[-1].rstrip(".")
        started.append(Process(home, process, Client(url, token)))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate(timeout=PATIENCE)
