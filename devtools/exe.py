"""`python dev.py exe`: the packed program in both shapes, with checksums.

The results lie in dist/windows, dist/linux or dist/macos. What they are made from is remembered
there, so that a second call does nothing unless something changed.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

from devtools import exe_contents, exe_package, windows_python
from devtools.environment import DEVELOPMENT, ROOT, python_with
from devtools.fingerprint import fingerprint
from devtools.problem import Problem
from devtools.screen import virtual_screen
from devtools.system import install, need_programs, need_tkinter
from devtools.wine import Wine, wine_crashed

WINE_PREFIX = ROOT / ".cache" / "wine"
_SOURCES = (
    "app.py",
    "build.spec",
    "core",
    "gui",
    "assets",
    *(f"devtools/{path.name}" for path in sorted(Path(__file__).parent.glob("exe*.py"))),
    "devtools/read_me_first.txt",
    *(Path(file).relative_to(ROOT).as_posix() for file, _ in exe_contents.guides(ROOT)),
)
_ATTEMPTS = 2  # Wine itself may crash or hang
_PyInstaller = Callable[[Sequence[str]], tuple[int, str]]
_MINUTES = 7  # a build takes one or two; one that hangs is ended


def build(more: list[str]) -> int:
    """Build for this system, or with `--windows` on Linux the real Windows program."""
    python = python_with(DEVELOPMENT)
    if more not in ([], ["--windows"]):
        raise Problem("exe takes no other word than --windows.")
    if more and sys.platform != "win32":
        folder = for_windows(python)
    else:
        folder = for_this_system(python)
    print(f"Ready in {folder.relative_to(ROOT)}:")
    for line in (folder / exe_package.CHECKSUMS).read_text().splitlines():
        name = line.split()[1]
        print(f"  {name}  {(folder / name).stat().st_size / 1e6:.1f} MB")
    return 0


def for_this_system(python: str) -> Path:
    """Build what runs on this system; returns the folder of the results."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    need_tkinter()
    if system == "linux":
        need_programs({"objdump": "binutils"})
        _need_python_library()

    def pyinstaller(words: Sequence[str]) -> tuple[int, str]:
        result = subprocess.run(
            [python, *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return result.returncode, result.stdout + result.stderr

    return _unless_unchanged(system, "requirements.txt", pyinstaller)


def for_windows(python: str) -> Path:
    """Build the Windows program with Wine; returns the folder of the results."""
    need_programs({"Xvfb": "xvfb"})
    windows_python.provide(python)
    with virtual_screen() as display:
        wine = Wine(WINE_PREFIX, display)
        wine.prepare()

        def pyinstaller(words: Sequence[str]) -> tuple[int, str]:
            for _attempt in range(_ATTEMPTS):
                try:
                    code, output = wine.run(windows_python.PYTHON, *words, timeout=_MINUTES * 60)
                except TimeoutError as error:
                    code, output = 1, str(error)
                else:
                    if code == 0 or not wine_crashed(output):
                        break
            return code, output

        try:
            return _unless_unchanged("windows", windows_python.REQUIREMENTS, pyinstaller)
        finally:
            wine.end()


def _unless_unchanged(system: str, requirements: str, pyinstaller: _PyInstaller) -> Path:
    folder = ROOT / "dist" / system
    mark = folder / ".made-from"
    wanted = fingerprint(ROOT, [*_SOURCES, requirements], sys.version)
    if mark.exists() and mark.read_text() == wanted:
        return folder
    print(f"Packing for {system}: this takes some minutes", flush=True)
    mark.unlink(missing_ok=True)
    # Both shapes use one name for a file in between, so nothing of it may be kept: --clean.
    options = ("--noconfirm", "--clean", "--distpath", f"dist/{system}")
    code, output = pyinstaller(
        ["-m", "PyInstaller", *options, "--workpath", f"build/{system}", "build.spec"]
    )
    journal = ROOT / "build" / f"{system}.log"
    journal.write_text(output, encoding="utf-8")
    if code:
        last = "\n".join(output.splitlines()[-30:])
        raise Problem(f"PyInstaller failed with exit code {code}; see {journal}. It ends:\n{last}")
    exe_package.pack(folder, system)
    mark.write_text(wanted)
    return folder


def _need_python_library() -> None:
    # A packed program loads Python as a library; Debian keeps that apart from its python3.
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        raise Problem(
            f"The Python in {sys.base_prefix} was built without a shared library, so nothing can "
            "be packed with it. Start dev.py with another one, for example the system's."
        )
    name = sysconfig.get_config_var("INSTSONAME")
    folders = [sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("MULTIARCH") or ""]
    if not any(Path(folders[0], inner, name).exists() for inner in ("", folders[1])):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        install({f"libpython{version}": "Python as a library, to pack it"})
