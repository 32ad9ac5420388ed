"""The packed program: size, and time from its start to a window that obeys.

    python -m benchmarks.packed_start [--rounds N]

Builds both programs where they are not built yet. The window is there when the screen shows it,
and obeys when it has answered what a second start would ask of it. All starts but a first, which
is not counted, find the files in memory; the shapes take turns.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from devtools import exe
from devtools.screen import virtual_screen
from devtools.wine import Wine
from tests.exe.desktop import find_window
from tests.exe.packed import PackedProgram, unpack

TITLE = "DataMaster Collector"
STEP = 0.02
LIMIT = 120


def start_once(program: PackedProgram, shape: Path, home: Path) -> tuple[float, float]:
    """Seconds until the window is shown, and until it obeys."""
    begin = time.monotonic()
    process = program.start("--demo", home=home, exe=shape)
    request = home / "demo" / "window.forward"
    try:
        while not find_window(program.display, TITLE):
            _pause(begin)
        shown = time.monotonic() - begin
        request.touch()
        while request.exists():
            _pause(begin)
        return shown, time.monotonic() - begin
    finally:
        program.kill(process)


def _pause(begin: float) -> None:
    if time.monotonic() - begin > LIMIT:
        raise TimeoutError("the program does not start")
    time.sleep(STEP)


def measure(system: str, results: Path, rounds: int) -> None:
    """Print a line for each shape."""
    with virtual_screen() as display, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wine = Wine(exe.WINE_PREFIX, display) if system == "windows" else None
        program = unpack(results, folder, display, wine)
        shapes = {"folder": program.folder_exe, "single file": program.single_exe}
        sizes = {
            "folder": next(results.glob("*.zip")).stat().st_size,
            "single file": program.single_exe.stat().st_size,
        }
        times: dict[str, list[tuple[float, float]]] = {shape: [] for shape in shapes}
        for round_ in range(rounds + 1):
            for shape, path in shapes.items():
                if wine is not None:
                    wine.boot()
                taken = start_once(program, path, folder / "home")
                if round_:
                    times[shape].append(taken)
    for shape, of_shape in times.items():
        shown, obeys = (statistics.median(kind) for kind in zip(*of_shape, strict=True))
        least = min(taken[1] for taken in of_shape)
        print(
            f"| {system} | {shape} | {sizes[shape] / 1e6:.1f} MB"
            f" | {shown:.1f} s | {obeys:.1f} s | {least:.1f} s |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Size and start of the packed program.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    print("| system | shape | size | window | obeys | least |\n|---|---|---:|---:|---:|---:|")
    measure("linux", exe.for_this_system(sys.executable), rounds)
    measure("windows", exe.for_windows(sys.executable), rounds)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
