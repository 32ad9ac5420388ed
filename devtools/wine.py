"""Wine: the way to run Windows programs on Linux."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.problem import Problem
from devtools.system import need_programs

# A crash in the Linux libraries under Wine, seen now and then on a busy machine. Code of Windows
# programs lies at lower addresses.
_OWN_CRASH = re.compile(r"^wine: Unhandled page fault .* at address 00007F", re.MULTILINE)


def wine_crashed(output: str) -> bool:
    """Whether it was Wine itself that crashed, and not the program that wrote `output`."""
    return _OWN_CRASH.search(output) is not None


@dataclass(frozen=True)
class Wine:
    """A Windows of its own in the folder `prefix`, showing its windows on `display`."""

    prefix: Path
    display: str

    def prepare(self) -> None:
        """Install Wine where that is possible and set up the folder; quick from then on.

        Raises:
            Problem: there is no Wine, or it cannot set itself up.
        """
        need_programs({"wine": "wine", "wineserver": "wine", "wineboot": "wine"})
        if not (self.prefix / "system.reg").exists():
            print("Setting up Wine", flush=True)
            self.prefix.mkdir(parents=True, exist_ok=True)
            code, output = self.run("wineboot", "--init", timeout=180)
            if code:
                raise Problem(f"Wine could not set itself up:\n{output}")

    def run(
        self, *words: str | Path, timeout: float, environment: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Run a Windows program to its end; returns its exit code and what it wrote.

        Raises:
            TimeoutError: it took longer than `timeout` seconds; everything in this Wine is ended.
        """
        process = self.start(*words, environment=environment)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.end()
            output, _ = process.communicate()
            raise TimeoutError(f"{words[0]} took over {timeout} s; it wrote:\n{output}") from None
        return process.returncode, output

    def start(
        self, *words: str | Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a Windows program and do not wait for it."""
        # Wine's Python stops at once unless stdin is the null device and stdout is a pipe.
        return subprocess.Popen(
            ["wine", *words],
            env=os.environ | self.environment() | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def path(self, path: Path) -> str:
        """What a file of this Linux is called in Windows."""
        return "Z:" + str(path.absolute()).replace("/", "\\")

    def end(self) -> None:
        """End every program of this Wine at once, as a power cut would."""
        subprocess.run(["wineserver", "--kill"], env=os.environ | self.environment(), check=False)

    def environment(self) -> dict[str, str]:
        """What `wine` has to find in the environment."""
        return {
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            # Without .NET and a browser, which it would ask to download, and without the debugger,
            # so that a program that crashes ends at once.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winedbg.exe=d",
            "DISPLAY": self.display,
        }
