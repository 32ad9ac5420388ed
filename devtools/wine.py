"""Wine: the way to run Windows programs on Linux."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devtools.problem import Problem
from devtools.system import need_programs

# A crash in the Linux libraries under Wine, seen now and then on a busy machine. Code of Windows
# programs lies at lower addresses.
_OWN_CRASH = re.compile(r"^wine: Unhandled page fault .* at address 00007F", re.MULTILINE)


def wine_crashed(output: str) -> bool:
    """Whether it was Wine itself that crashed, and not the program that wrote `output`."""
    return _OWN_CRASH.search(output) is not None


BOOT_SECONDS = 180
IDLE_SECONDS = 300  # so long after its last program Wine ends, should nobody end it before


@dataclass
class Wine:
    """A Windows of its own in the folder `prefix`, showing its windows on `display`."""

    prefix: Path
    display: str
    _booted: bool = field(default=False, init=False)

    def prepare(self) -> None:
        """Install Wine where that is possible and set up the folder; quick from then on.

        Raises:
            Problem: there is no Wine, or it cannot set itself up.
        """
        need_programs({"wine": "wine", "wineserver": "wine", "wineboot": "wine"})
        complete = self.prefix / "complete-as-windows-10"
        if not complete.exists():
            print("Setting up Wine", flush=True)
            self.end()
            shutil.rmtree(self.prefix, ignore_errors=True)
            self.prefix.mkdir(parents=True)
            # What the program is for. As the Windows 7 that this may be at first, CustomTkinter
            # does not follow the screen's scaling.
            code, output = self.run("winecfg", "-v", "win10", timeout=BOOT_SECONDS)
            if code:
                raise Problem(f"Wine did not become a Windows 10: {output}")
            complete.touch()

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
        self.boot()
        # Wine's Python stops at once unless stdin is the null device and stdout is a pipe.
        return subprocess.Popen(
            ["wine", *words],
            env=self._whole_environment() | dict(environment or {}),
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

    def drive(self, letter: str, folder: Path) -> str:
        """Make `folder` the root of another drive; returns its name, such as `X:`."""
        link = self.prefix / "dosdevices" / f"{letter.lower()}:"
        link.unlink(missing_ok=True)
        link.symlink_to(folder, target_is_directory=True)
        return f"{letter}:"

    def end(self) -> None:
        """End every program of this Wine at once, as a power cut would."""
        self._booted = False
        subprocess.run(["wineserver", "--kill"], env=self._whole_environment(), check=False)

    def boot(self) -> None:
        """Start what every Windows runs in the background, and keep it running.

        Else the first program starts it: that takes three seconds each time, and the pipes of
        that program stay open for as long as those services run.
        """
        if self._booted:
            return
        for words in (["wineserver", f"--persistent={IDLE_SECONDS}"], ["wineboot"]):
            try:
                result = subprocess.run(
                    words,
                    env=self._whole_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=BOOT_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise Problem(f"{words[0]} was not ready after {BOOT_SECONDS} s.") from None
            if result.returncode and words[0] == "wineboot":
                raise Problem(f"Wine could not start in {self.prefix}: {result.returncode}")
        self._booted = True

    def _whole_environment(self) -> dict[str, str]:
        return os.environ | self.environment()

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
