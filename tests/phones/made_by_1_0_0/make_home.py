"""Made `home.zip`: run in a checkout of version 1.0.0 (commit 175b752), not in this one.

    python …/make_home.py FOLDER

Two whole runs of an account that grows, and a third that is killed (kill -9) in its middle, with
what it leaves: a WAL, a lock file, a backup. Settings and the window's memory are there, too.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

TOKEN = "made-up-token-of-1-0-0"
ACCOUNT = ["--seed", "5", "--clients", "12", "--projects", "60", "--records", "3000"]
WORLD = [*ACCOUNT, "--rejected-share", "0.02", "--grow-records", "200", "--page-size", "20"]
LEFT_OUT = (".db-shm", ".log")


def main(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(parents=True)
    environment = {**os.environ, "DATAMASTER_HOME": str(home)}
    for generation in range(3):
        api, url = _serve(generation, latency_ms=20 if generation == 2 else 0)
        _settle(home, url, delay="0")
        command = [sys.executable, "app.py", "collect"]
        with subprocess.Popen(command, env=environment) as run:
            if generation == 2:
                _wait_for_projects(home / "data" / "phones.db", 20)
                run.kill()
        api.communicate()
    _settle(home, "http://127.0.0.1:9/api/index.php", delay="0.1")  # where nobody answers
    window = "gui.window_state.WindowState(x=40, y=30, width=1100, height=720, mode='quick')"
    save = f"import gui.window_state, pathlib as p; gui.window_state.save(p.Path({str(home)!r})"
    subprocess.run([sys.executable, "-c", f"{save} / 'window.json', {window})"], check=True)
    with zipfile.ZipFile(folder / "home.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(home.rglob("*")):
            if path.is_file() and not path.name.endswith(LEFT_OUT):
                archive.write(path, path.relative_to(home).as_posix())


def _serve(generation: int, latency_ms: int) -> "tuple[subprocess.Popen[str], str]":
    """1.0.0's own API of made-up numbers; it ends with its input."""
    more = ["--generation", str(generation), "--latency-ms", str(latency_ms), "--token", TOKEN]
    command = [sys.executable, "-m", "core.datamaster.demo", *WORLD, *more]
    pipe = subprocess.PIPE
    api = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    assert api.stdout is not None
    return api, json.loads(api.stdout.readline())["url"]


def _settle(home: Path, url: str, delay: str) -> None:
    settings = {
        "DATAMASTER_API_URL": url,
        "DATAMASTER_API_TOKEN": TOKEN,
        "RATE_LIMIT_DELAY": delay,
        "WORKERS": "3",
        "LANGUAGE": "ru",
        "THEME": "dark",
        "DATABASE_PATH": "data/phones.db",
    }
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    (home / ".env").write_text(lines, "utf-8")


def _wait_for_projects(database: Path, number: int) -> None:
    done = "SELECT count(*) FROM run_projects WHERE run_id = 3 AND state = 'done'"
    while True:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            if db.execute(done).fetchone()[0] >= number:
                return
        time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
