"""The administrator's page: each of its commands as it stands."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cars.stand_in.market import Market
from core.cars.stand_in.server import VendorServer
from tests.cars.working import Works
from tests.docs.pages import ROOT, app_commands_in, code, named

PAGE = "docs/cars.md"
FINE = {
    "reconcile": {0, 1},  # before 08:00 in Moscow the newest file is older than the feed
}


def commands() -> Iterator[list[str]]:
    lines = [*"\n".join(code(PAGE, "")).splitlines(), *named(PAGE)]
    seen: set[tuple[str, ...]] = set()
    for words in app_commands_in(lines):
        if words[:1] == ["cars"] and "serve" not in words and tuple(words) not in seen:
            seen.add(tuple(words))
            yield words


@pytest.mark.slow
def test_each_command_of_the_page_works(tmp_path: Path) -> None:
    tried = []
    with VendorServer(Market(100)) as server:
        works = Works(tmp_path, f"sqlite:///{tmp_path / 'cars.db'}", server)
        works.with_files()
        for words in commands():
            done = subprocess.run(
                [sys.executable, str(ROOT / "app.py"), *words],
                env={**os.environ, **works.environment, "CARS_DEMO": "listings=200"},
                capture_output=True,
                text=True,
                check=False,
            )
            fine = FINE.get(words[1], {0})
            assert done.returncode in fine, (words, done.stdout, done.stderr)
            tried.append(words[1])
    assert set(tried) >= {"init", "load", "update", "normalize", "reconcile", "export", "status"}


def test_the_crontab_is_one() -> None:
    (line,) = [line for line in "\n".join(code(PAGE, "")).splitlines() if line.startswith("30 4")]
    command = r"cd /opt/datamaster && \.venv/bin/python app\.py cars update"
    assert re.fullmatch(rf"(\S+ ){{5}}{command}", line)
