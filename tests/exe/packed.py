"""The packed program as a user gets it, on Linux itself or on Windows by way of Wine."""

import os
import pty
import stat
import subprocess
import threading
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devtools.exe_package import NAME
from devtools.wine import Wine


@dataclass(frozen=True)
class PackedProgram:
    """Both shapes, unpacked into a folder of the user."""

    folder_exe: Path
    single_exe: Path
    display: str
    wine: Wine | None  # None: a program for this very system

    def run(
        self,
        *words: str,
        home: Path,
        exe: Path | None = None,
        timeout: float = 60,
        **environment: str,
    ) -> tuple[int, str]:
        """Run to the end with `home` as the data folder; returns exit code and output."""
        process = self.start(*words, home=home, exe=exe, **environment)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            output = self.kill(process)
            raise TimeoutError(f"{words} took over {timeout} s and wrote:\n{output}") from None
        return process.returncode, output

    def start(
        self, *words: str, home: Path, exe: Path | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        exe = exe or self.folder_exe
        if self.wine is not None:
            named = {"DATAMASTER_HOME": self.wine.path(home), **environment}
            return self.wine.start(exe, *words, environment=named)
        return subprocess.Popen(
            [exe, *words],
            env=os.environ | {"DATAMASTER_HOME": str(home), "DISPLAY": self.display} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run_in_terminal(self, *words: str, home: Path, timeout: float = 60) -> tuple[int, str]:
        """Run with a terminal in place of pipes; returns exit code and what it shows."""
        mine, theirs = pty.openpty()
        environment = {"DATAMASTER_HOME": str(home), "DISPLAY": self.display}
        command = [str(self.folder_exe), *words]
        if self.wine is not None:
            # A windowed program is not waited for by cmd.exe, unless it is told to.
            exe = self.wine.path(self.folder_exe)
            command = ["wine", "cmd", "/c", "start", "/wait", "", exe, *words]
            environment = self.wine.environment() | {"DATAMASTER_HOME": self.wine.path(home)}
        process = subprocess.Popen(
            command, env=os.environ | environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        guard = threading.Timer(timeout, self.kill, [process])
        guard.start()
        shown = b""
        with os.fdopen(mine, "rb", buffering=0) as terminal, suppress(OSError):  # its end
            while part := terminal.read(4096):
                shown += part
        guard.cancel()
        return process.wait(), shown.decode("utf-8", "replace")

    def wait(self, process: subprocess.Popen[str], timeout: float = 30) -> int:
        """The exit code of what was started."""
        try:
            process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.kill(process)
            raise
        return process.returncode

    def wait_for_window(self, title: str, timeout: float = 30) -> str:
        """The number of the first visible window whose title contains `title`."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = self._xdotool("search", "--onlyvisible", "--name", title).split()
            if found:
                return found[0]
            time.sleep(0.1)
        raise TimeoutError(f"no window {title!r} after {timeout} s")

    def press_return_in(self, title: str) -> None:
        window = self.wait_for_window(title)
        time.sleep(0.5)  # it does not listen yet in the moment it appears
        self._xdotool("windowfocus", window, "key", "Return")

    def _xdotool(self, *words: str) -> str:
        environment = os.environ | {"DISPLAY": self.display}
        result = subprocess.run(
            ["xdotool", *words], env=environment, capture_output=True, text=True, check=False
        )
        return result.stdout

    def kill(self, process: subprocess.Popen[str]) -> str:
        """What the Task Manager or a power cut does; returns what the program wrote."""
        if self.wine is not None:
            self.wine.end()
        process.kill()
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
