"""The program as a process of its own, against the built-in API in another one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.phones.datamaster.demo.server import DemoServer

ROOT = Path(__file__).parents[3]


@dataclass
class Api:
    """The built-in API as a process; `stop` returns its journal as JSON lines."""

    url: str
    token: str
    process: subprocess.Popen[str]
    journal_file: Path

    def stop(self) -> list[str]:
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(20)
        return self.journal_file.read_text(encoding="utf-8").splitlines()


@dataclass
class Installation:
    """A home of the program; `run` executes a subcommand and waits for it."""

    home: Path
    environment: dict[str, str]

    @property
    def database(self) -> Path:
        return self.home / "data" / "phones.db"

    @property
    def log(self) -> str:
        path = self.home / "logs" / "collector.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), *arguments],
            env=self.environment,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def start_api(tmp_path: Path) -> Iterator[Callable[..., Api]]:
    """Starts built-in APIs with the options of `python -m core.phones.datamaster.demo`."""
    started: list[Api] = []

    def start(*options: str) -> Api:
        journal = tmp_path / f"journal-{len(started)}.jsonl"
        command = [
            sys.executable,
            "-m",
            "core.phones.datamaster.demo",
            "--journal-file",
            str(journal),
        ]
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert process.stdout is not None
        hello = json.loads(process.stdout.readline())
        started.append(Api(hello["url"], hello["token"], process, journal))
        return started[-1]

    yield start
    for api in started:
        api.stop()
        if api.process.stdout is not None:
            api.process.stdout.close()


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., Installation]:
    """Makes homes of the program that collect from an API."""

    def make(
        api: Api | DemoServer | None = None, name: str = "home", **settings: str
    ) -> Installation:
        home = tmp_path / name
        home.mkdir()
        environment = {
            "DATAMASTER_HOME": str(home),
            "DATAMASTER_KEYRING": "off",
            "LANGUAGE": "en",
            "RATE_LIMIT_DELAY": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LANG") if key in os.environ},
        }
        if api is not None:
            environment["DATAMASTER_API_URL"] = api.url
            environment["DATAMASTER_API_TOKEN"] = api.token
        return Installation(home, {**environment, **settings})

    return make
