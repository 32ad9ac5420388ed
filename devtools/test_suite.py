"""The whole test suite, in several pytest processes side by side.

Windows and packed programs mostly wait, so together the parts take half the time of one after the
other, on two cores too. Each part has a screen of its own, so none takes another's keyboard, and
a part that crashes ends alone.
"""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devtools.environment import ROOT

PARTS = {
    "window": ["tests/gui", "tests/charts"],
    "packed": ["tests/exe"],
    "processes": [
        "tests/cli",
        "tests/phones/cli",
        "tests/docs",
        "tests/phones/telegram_bot",
        "tests/torture",
    ],
    "cars": ["tests/cars"],
    "servers": [
        "tests/hub",
        "tests/campaigns",
        "tests/database",
        "tests/web",
        "tests/phones/service",
    ],
}
OTHERS = "others"  # everything else
NO_TESTS = 5  # pytest's exit code: nothing of this part was asked for


@dataclass
class Part:
    """One pytest process; its output goes to `output`, or straight to the terminal."""

    name: str
    process: "subprocess.Popen[bytes]"
    output: Path | None

    def end(self) -> int:
        """Wait for it and show what it said; the exit code, 0 where it had no tests."""
        code = self.process.wait()
        if self.output is not None:
            print(f"\n{self.name}:", flush=True)
            sys.stdout.buffer.write(self.output.read_bytes())
            sys.stdout.flush()
        return 0 if code == NO_TESTS else code


def run_suite(python: str, words: list[str], environment: dict[str, str], *, again: bool) -> int:
    """All parts at once; 0 where all passed.

    With `again`, what failed runs once more, alone: on a busy machine a window or a process may
    be late. What fails twice is broken.
    """
    # What a shell starts in the background ignores Ctrl+C, and so would every program tested here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parts = [_start(python, name, words, environment, shown=name == OTHERS) for name in _names()]
    try:
        codes = {part.name: part.end() for part in parts}
    finally:
        for part in parts:
            part.process.kill()
    failed = [name for name, code in codes.items() if code]
    if failed and again:
        print(f"\nOnce more, only what failed: {', '.join(failed)}", flush=True)
        failed = [
            name
            for name in failed
            if _start(python, name, ["--last-failed", *words], environment, shown=True).end()
        ]
    print(f"\n{'Failed: ' + ', '.join(failed) if failed else 'All parts passed.'}", flush=True)
    return 1 if failed else 0


def _names() -> list[str]:
    return [*PARTS, OTHERS]


def _start(
    python: str, name: str, words: list[str], environment: dict[str, str], *, shown: bool
) -> Part:
    folder = Path(environment["PYTEST_DEBUG_TEMPROOT"])
    places = PARTS.get(name) or ["tests", *(f"--ignore={p}" for ps in PARTS.values() for p in ps)]
    # The cache remembers what failed; each part has its own, or the last would win.
    slowest = ["--durations=12", "--durations-min=5"]  # which tests take the time
    command = [
        python,
        "-m",
        "pytest",
        *slowest,
        "-o",
        f"cache_dir=.pytest_cache/{name}",
        *places,
        *words,
    ]
    if shown:
        return Part(name, subprocess.Popen(command, cwd=ROOT, env=os.environ | environment), None)
    output = folder / f"{name}.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=file, stderr=file
        )
    return Part(name, process, output)
