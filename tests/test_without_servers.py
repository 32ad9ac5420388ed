"""The program where only the packages of the desktop are installed, as in the packed one.

A process of its own in which the packages that only servers need cannot be found.
"""

import importlib
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.systems import SYSTEMS

ROOT = Path(__file__).parents[1]
_FIRST_WORD = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)

_BLOCK = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""


def _distributions(name: str) -> set[str]:
    return {found.lower() for found in _FIRST_WORD.findall((ROOT / name).read_text("utf-8"))}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """In which Python finds no package that requirements.txt does not bring."""
    only_servers = _distributions("requirements-server.txt") - _distributions("requirements.txt")
    modules = {
        module
        for module, found in importlib.metadata.packages_distributions().items()
        if {name.lower() for name in found} <= only_servers
    }
    assert {"fastapi", "sqlalchemy"} <= modules
    folder = tmp_path_factory.mktemp("desktop")
    (folder / "sitecustomize.py").write_text(_BLOCK.format(names=modules))
    return {
        **os.environ,
        "PYTHONPATH": str(folder),
        "DATAMASTER_HOME": str(folder / "home"),
        "LANGUAGE": "en",
    }


def _run(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize(
    "system", [system for system in SYSTEMS if system.on_servers], ids=lambda system: system.name
)
def test_a_servers_command_says_what_to_install(environment: dict[str, str], system) -> None:
    commands = importlib.import_module(system.commands).COMMANDS
    helped = _run(environment, system.name, "--help")
    assert helped.returncode == 0
    assert all(name in helped.stdout for name in commands)
    first = next(iter(commands))
    done = _run(environment, system.name, *filter(None, [first]))
    assert done.returncode == 2
    assert "python dev.py setup --server" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_phones_need_none_of_them(environment: dict[str, str]) -> None:
    done = _run(environment, "collect", "--demo", "--limit-clients", "2")
    assert done.returncode == 0, done.stderr
    assert _run(environment, "status", "--demo").returncode == 0
