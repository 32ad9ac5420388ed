"""The virtual environment in `.venv`, holding exactly what the requirement files pin."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.fingerprint import fingerprint
from devtools.problem import Problem
from devtools.system import need_ensurepip

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PROGRAM = ("requirements.txt",)
SERVER = ("requirements.txt", "requirements-server.txt")
DEVELOPMENT = ("requirements.txt", "requirements-server.txt", "requirements-dev.txt")


def python_with(requirements: tuple[str, ...]) -> str:
    """The path of the environment's Python after installing what is not installed yet.

    Nothing is done where the files are unchanged since the last time.

    Raises:
        Problem: the environment could not be made, or pip failed.
    """
    _make()
    marks = {name: VENV / f"{name}.installed" for name in requirements}
    wanted = {name: fingerprint(ROOT, [name]) for name in requirements}
    if all(marks[name].exists() and marks[name].read_text() == wanted[name] for name in marks):
        return str(_PYTHON)
    print(f"Installing {' and '.join(requirements)} into .venv: some minutes", flush=True)
    pip: list[str | Path] = [_PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    files = [word for name in requirements for word in ("-r", ROOT / name)]
    if subprocess.run([*pip, "--require-hashes", *files], check=False).returncode:
        raise Problem(
            "pip could not install the packages; its reason stands above. "
            "The first start needs a network; later ones do not."
        )
    for name, mark in marks.items():
        mark.write_text(wanted[name])
    return str(_PYTHON)


def run(python: str, *words: str, **environment: str) -> int:
    """Run the environment's Python in the project's folder; returns the exit code."""
    return subprocess.run(
        [python, *words], cwd=ROOT, env=os.environ | environment, check=False
    ).returncode


def _make() -> None:
    # An environment outlives its Python badly, so it is made anew for another one.
    mark = VENV / "python.installed"
    wanted = f"{sys.version}\n{sys.base_prefix}\n"
    if mark.exists() and mark.read_text() == wanted and _PYTHON.exists():
        return
    need_ensurepip()
    print("Making .venv", flush=True)
    if VENV.exists():
        shutil.rmtree(VENV)
    if subprocess.run([sys.executable, "-m", "venv", VENV], check=False).returncode:
        raise Problem(f"{sys.executable} could not make a virtual environment in {VENV}.")
    mark.write_text(wanted)
