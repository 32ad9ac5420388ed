"""What those who ask over HTTP cost a run and the window: nobody, good guests, and bad ones.

    python -m benchmarks.service_guests [--rounds N]

The window collects at 20 requests a second, the most that settings allow by themselves, and the
service answers in the same process; the built-in API and the guests are processes of their own.

off         SERVICE_HTTP is empty.
idle        it listens, and nobody asks.
good        two listeners of /events, /metrics and /status asked once a second, a report.
bad         1,000 connections that never ask, bodies of 100 MB one after the other from two clients,
            readers of /events and of a report that do not read.
elsewhere   the same bad guests at a service in another process, on the same processors: what they
            cost this one then is not the service's doing.

The ways take turns; each run is compared with the one without the service of the same round, and
printed are the medians. Gaps are those of the window's loop, its planned pause of 20 ms included.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import httpx

from benchmarks import report
from benchmarks.processes import ROOT, Api, Size, api
from core.phones.storage.tokens import SCOPES, PhonesTokens
from core.web.tokens import digest, new_token
from devtools.screen import virtual_screen

SIZE = Size(30, 120, 60_000)
DELAY = "0.05"
QUIET_MS = 3000
WAYS = ("off", "idle", "good", "bad", "elsewhere")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time runs with guests at the HTTP service.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--collect", metavar="HOME")
    parser.add_argument("--guests", nargs=3, metavar=("WAY", "PORT", "TOKEN"))
    options = parser.parse_args()
    if options.collect:
        _collect(Path(options.collect))
    elif options.guests:
        way, port, token = options.guests
        _be_guests(way, int(port), token)
    else:
        _measure(options.rounds, dict.fromkeys(["off", *options.ways]))


def _measure(rounds: int, ways: Iterable[str]) -> None:
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    began = time.monotonic()
    with api(SIZE) as server, virtual_screen() as display:
        for _ in range(rounds):
            for way in found:
                found[way].append(_one(way, server, display))
    for way, runs in found.items():
        ratios = [
            run["seconds"] / off["seconds"] for run, off in zip(runs, found["off"], strict=True)
        ]

        def median(name: str, runs: list[dict[str, float]] = runs) -> float:
            return statistics.median(run[name] for run in runs)

        print(
            f"{way:<9} run {median('seconds'):6.2f} s, {statistics.median(ratios):.3f}"
            f" ({min(ratios):.3f} to {max(ratios):.3f}); gaps 50 % {median('p50'):.0f} ms,"
            f" 99 % {median('p99'):.0f} ms, longest {median('longest'):.0f} ms;"
            f" processor {median('processor'):.1f} s; memory {median('mb'):.0f} MB"
        )
    print(f"{rounds} rounds in {time.monotonic() - began:.0f} s; load {report.load()}")
    print(report.machine())


def _one(way: str, server: Api, display: str) -> dict[str, float]:
    """A run in a process of its own, with its guests in another one."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        token = new_token()
        PhonesTokens(Path(folder, "data", "phones.db")).add(digest(token), way, SCOPES, None)
        environment = {
            **os.environ,
            "DISPLAY": display,
            "DATAMASTER_HOME": folder,
            "DATAMASTER_KEYRING": "off",
            "DATAMASTER_API_URL": server.url,
            "DATAMASTER_API_TOKEN": server.token,
            "RATE_LIMIT_DELAY": DELAY,
            "NOTIFICATIONS": "false",
            "SERVICE_HTTP": "" if way in ("off", "elsewhere") else f"127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "benchmarks.service_guests"]
        with (
            _another(port, environment) if way == "elsewhere" else nullcontext(),
            subprocess.Popen(
                [*command, "--guests", way, str(port), token], cwd=ROOT, stdin=subprocess.PIPE
            ) as guests,
        ):
            done = subprocess.run(
                [*command, "--collect", folder],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                check=True,
            )
            assert guests.stdin is not None
            guests.stdin.close()
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def _another(port: int, environment: dict[str, str]) -> Iterator[None]:
    """A service in a process of its own, without a run."""
    with tempfile.TemporaryDirectory() as home:
        own = {"DATAMASTER_HOME": home, "SERVICE_HTTP": f"127.0.0.1:{port}"}
        with subprocess.Popen(
            [sys.executable, "app.py", "serve"],
            cwd=ROOT,
            env=environment | own,
            stdout=subprocess.DEVNULL,
        ) as process:
            try:
                yield
            finally:
                process.terminate()


def _collect(home: Path) -> None:
    from core.phones.program import open_program
    from core.turns import keep_what_is_there, share_the_processor
    from gui import responsiveness, window_state
    from gui.main_window import MainWindow
    from gui.second_copy import OneWindow

    share_the_processor()
    program = open_program()
    window = MainWindow(
        program,
        lambda demo: open_program(demo=demo),
        window_state.WindowState(),
        OneWindow(home),
        os.environ,
    )
    window.open()
    window.update()
    window.after(responsiveness.SETTLED_MS, keep_what_is_there)
    before: list[float] = []

    def start() -> None:
        window.pump.gaps.reset()
        before.append(time.process_time())
        window.runs.start()
        wait()

    def wait() -> None:
        end = window.run.finished
        if end is None:
            window.after(200, wait)
            return
        assert end.totals.received == SIZE.records, end
        gaps = window.pump.gaps
        found: dict[str, Any] = {
            "seconds": end.seconds,
            "p50": 1000 * gaps.percentile(0.5),
            "p99": 1000 * gaps.percentile(0.99),
            "longest": 1000 * gaps.longest,
            "processor": time.process_time() - before[0],
            "mb": _resident_mb(),
        }
        print(json.dumps(found))
        window.shut_down()

    window.after(QUIET_MS, start)
    window.mainloop()


def _resident_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def _be_guests(way: str, port: int, token: str) -> None:
    """Until stdin is closed."""
    headers = {"X-API-Key": token}
    works: list[Any] = []
    if way == "good":
        works = [
            *[lambda: _listen(port, headers)] * 2,
            lambda: _look(port, headers),
        ]
    elif way in ("bad", "elsewhere"):
        works = [
            lambda: _sit(port),
            *[lambda: _flood(port)] * 2,
            lambda: _be_deaf(port, "/events", token),
            lambda: _be_deaf(port, "/reports/phones.csv", token),
        ]
    for work in works:
        threading.Thread(target=_again, args=(work,), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def _again(work: Any) -> None:
    while True:
        with suppress(OSError, httpx.HTTPError):
            work()
        time.sleep(0.2)


def _listen(port: int, headers: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{port}/events"
    with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
        for _line in answer.iter_lines():
            pass


def _look(port: int, headers: dict[str, str]) -> None:
    for path in ("/metrics", "/status", "/reports/aggregated.csv"):
        httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60)
    time.sleep(0.8)


def _sit(port: int) -> None:
    """Hold as many as 1,000 connections, and take new ones for those that are cut off."""
    held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(1000)]
    time.sleep(5)
    for client in held:
        client.close()


def _flood(port: int) -> None:
    piece = b"x" * (1 << 20)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(
            b"POST /runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 104857600\r\n\r\n"
        )
        for _ in range(100):
            client.sendall(piece)


def _be_deaf(port: int, path: str, token: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {token}\r\n\r\n".encode())
        time.sleep(30)


if __name__ == "__main__":
    main()
