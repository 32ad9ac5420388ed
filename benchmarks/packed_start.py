"""The packed program: size, and time from its start to a window that obeys.

    python -m benchmarks.packed_start [--rounds N] [--beside RESULTS]

Builds both programs where they are not built yet; RESULTS is the folder `dist/windows` of another
version, whose starts take turns with those of this one. The window is there when the screen shows
it, and obeys when it has answered what a second start would ask of it. All starts but a first,
which is not counted, find the files in memory; the shapes take turns.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class Shape:
    """One way of starting one version; `size` is what is downloaded, in bytes."""

    name: str
    program: PackedProgram
    exe: Path
    home: Path
    size: int


def shapes(
    results: Path, folder: Path, display: str, wine: Wine | None, version: str
) -> list[Shape]:
    """The two shapes in `results`, unpacked into `folder`."""
    program = unpack(results, folder, display, wine)
    packed = next(results.glob("*.zip")).stat().st_size
    single, home = program.single_exe, folder / "home"
    return [
        Shape(f"folder{version}", program, program.folder_exe, home, packed),
        Shape(f"single file{version}", program, single, home, single.stat().st_size),
    ]


def measure(system: str, results: Path, rounds: int, beside: Path | None = None) -> None:
    """Print a line for each shape."""
    with virtual_screen() as display, tempfile.TemporaryDirectory() as name:
        wine = Wine(exe.WINE_PREFIX, display) if system == "windows" else None
        measured = shapes(results, Path(name) / "this", display, wine, "")
        if beside is not None:
            measured += shapes(beside, Path(name) / "other", display, wine, ", the other version")
        times: dict[Shape, list[tuple[float, float]]] = {shape: [] for shape in measured}
        for round_ in range(rounds + 1):
            for shape in measured:
                if wine is not None:
                    wine.boot()
                taken = start_once(shape.program, shape.exe, shape.home)
                if round_:
                    times[shape].append(taken)
    for shape, of_shape in times.items():
        shown, obeys = (statistics.median(kind) for kind in zip(*of_shape, strict=True))
        least = min(taken[1] for taken in of_shape)
        print(
            f"| {system} | {shape.name} | {shape.size / 1e6:.1f} MB"
            f" | {shown:.1f} s | {obeys:.1f} s | {least:.1f} s |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Size and start of the packed program.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="dist/windows of another version")
    options = parser.parse_args()
    rounds: int = options.rounds
    print("| system | shape | size | window | obeys | least |\n|---|---|---:|---:|---:|---:|")
    measure("linux", exe.for_this_system(sys.executable), rounds)
    measure("windows", exe.for_windows(sys.executable), rounds, options.beside)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
