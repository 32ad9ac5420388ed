"""The packed program as a user gets it, on Linux itself or on Windows by way of Wine."""

import os
import pty
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devtools.exe_package import NAME
from devtools.wine import Wine, wine_crashed

PATIENCE = 180  # seconds until a start has failed: it takes one to fifteen on a quiet machine
ATTEMPTS = 3  # where Wine itself crashes


@dataclass(frozen=True)
class PackedProgram:
    """Both shapes, unpacked into a folder of the user."""

    folder_exe: Path
    single_exe: Path
    display: str
    wine: Wine | None  # None: a program for this very system

    def run(
        self, *words: str, home: Path | None, exe: Path | None = None, **environment: str
    ) -> tuple[int, str]:
        """Run to the end; returns exit code and output. Tried again where Wine itself crashes.

        `home` is the data folder, for another try as it was before; None lets the program find
        its own.
        """
        before = None
        if self.wine is not None and home is not None and home.exists():
            before = Path(tempfile.mkdtemp(dir=home.parent))
            shutil.copytree(home, before, dirs_exist_ok=True)
        for attempt in range(ATTEMPTS):
            if attempt and home is not None:
                shutil.rmtree(home, ignore_errors=True)
                if before is not None:
                    shutil.copytree(before, home)
            process = self.start(*words, home=home, exe=exe, **environment)
            try:
                output, _ = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                output = self.kill(process)
                raise TimeoutError(f"{words} did not end; it wrote:\n{output}") from None
            if not wine_crashed(output):
                break
        return process.returncode, output

    def start(
        self, *words: str, home: Path | None, exe: Path | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        """Start it and do not wait. `exe` is a path on this Linux, or what Windows calls it."""
        exe = exe or self.folder_exe
        named = environment if home is None else {"DATAMASTER_HOME": self.path(home), **environment}
        if self.wine is not None:
            return self.wine.start(exe, *words, environment=named)
        return subprocess.Popen(
            [exe, *words],
            env=os.environ | {"DISPLAY": self.display} | named,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run_in_terminal(self, *words: str, home: Path) -> tuple[int, str]:
        """Run with a terminal in place of pipes; returns exit code and what it shows."""
        mine, theirs = pty.openpty()
        environment = {"DATAMASTER_HOME": self.path(home), "DISPLAY": self.display}
        command = [str(self.folder_exe), *words]
        if self.wine is not None:
            # A windowed program is not waited for by cmd.exe, unless it is told to.
            command = [
                "wine",
                "cmd",
                "/c",
                "start",
                "/wait",
                "",
                self.path(self.folder_exe),
                *words,
            ]
            environment |= self.wine.environment()
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        guard = threading.Timer(PATIENCE, self.kill, [process])
        guard.start()
        shown = b""
        with os.fdopen(mine, "rb", buffering=0) as terminal, suppress(OSError):  # its end
            while part := terminal.read(4096):
                shown += part
        guard.cancel()
        return process.wait(), shown.decode("utf-8", "replace")

    def run_without_streams(self, *words: str, home: Path) -> int:
        """Run as a desktop or a scheduler may do it; returns the exit code."""
        if self.wine is not None:  # a windowed program has no streams on Windows
            return self.run(*words, home=home)[0]
        return subprocess.run(
            ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", self.folder_exe, *words],
            env=os.environ | {"DISPLAY": self.display, "DATAMASTER_HOME": str(home)},
            timeout=PATIENCE,
            check=False,
        ).returncode

    def path(self, path: Path) -> str:
        """What the program calls a file of this Linux."""
        return self.wine.path(path) if self.wine is not None else str(path)

    def kill(self, process: subprocess.Popen[str]) -> str:
        """What the Task Manager or a power cut does; returns what the program wrote."""
        if self.wine is not None:
            self.wine.end()
            process.kill()
        else:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a single file is two processes
        return process.communicate()[0]


def unpack(results: Path, target: Path, display: str, wine: Wine | None) -> PackedProgram:
    """Take the zip and the single file in `results` to the folder `target`."""
    archive = next(results.glob(f"{NAME}-*.zip"))
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = Path(packed.extract(member, target))
            mode = member.external_attr >> 16
            if stat.S_ISLNK(mode):
                link = path.read_text()
                path.unlink()
                path.symlink_to(link)
            elif mode:
                path.chmod(mode)
    single = next(path for path in results.glob(f"{NAME}.*") if path.is_file())
    copy = target / single.name
    copy.write_bytes(single.read_bytes())
    copy.chmod(0o755)
    exe = target / NAME / (f"{NAME}.exe" if wine else NAME)
    return PackedProgram(exe, copy, display, wine)
