"""Who may read what the program makes, what it never replaces, and output that is lost."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.phones.cli.conftest import ROOT, Installation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights of POSIX systems")


@pytest.fixture
def home(install: Callable[..., Installation]) -> Installation:
    return install()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def run(home: Installation, *words: str, umask: int = 0o022, stdout: str = os.devnull) -> int:
    with Path(stdout).open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [sys.executable, str(ROOT / "app.py"), *words],
            env=home.environment,
            cwd=home.home,
            stdout=out,
            umask=umask,
            timeout=100,
            check=False,
        )
    return done.returncode


def test_what_the_program_makes_is_for_its_user_alone(home: Installation, tmp_path: Path) -> None:
    before = set(home.home.rglob("*"))
    chosen = tmp_path / "chosen" / "deeper"
    assert run(home, "collect", "--demo", "--limit-clients", "2") == 0
    assert run(home, "backup", "--demo") == 0
    assert run(home, "export", "phones", "--demo") == 0
    assert run(home, "export", "phones", "--demo", "--out", str(chosen / "phones.csv")) == 0
    made = set(home.home.rglob("*")) - before
    assert {path.suffix for path in made} >= {".db", ".log", ".csv"}
    for path in made - {chosen.parent, chosen, chosen / "phones.csv"}:
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path
    assert mode(chosen / "phones.csv") == 0o644
    assert mode(chosen) == mode(chosen.parent) == 0o755
    assert run(home, "export", "phones", "--demo", "--out", str(chosen / "p.csv"), umask=0o027) == 0
    assert mode(chosen / "p.csv") == 0o640


@pytest.mark.parametrize("name", [".env", "./logs/../.env", "demo/logs/collector.log", "linked"])
def test_an_export_never_replaces_a_file_of_the_program(home: Installation, name: str) -> None:
    assert run(home, "collect", "--demo", "--limit-clients", "1") == 0
    settings = home.home / ".env"
    settings.write_text("LOG_LEVEL=INFO\n")
    (home.home / "logs").mkdir(exist_ok=True)
    (home.home / "linked").symlink_to(settings)
    log = home.home / "demo" / "logs" / "collector.log"
    lines = log.read_text()
    for words in (("export", "phones", "--demo"), ("export", "base", "--demo")):
        assert run(home, *words, "--out", name) == 2
    assert settings.read_text() == "LOG_LEVEL=INFO\n"
    assert log.read_text().startswith(lines)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_output_that_is_lost_is_no_success(home: Installation) -> None:
    assert run(home, "collect", "--demo", "--limit-clients", "1", stdout="/dev/full") == 0
    for words in (["runs"], ["runs", "--json"], ["status", "--json"], ["backup", "--list"]):
        assert run(home, *words, "--demo") == 0
        assert run(home, *words, "--demo", stdout="/dev/full") == 1
