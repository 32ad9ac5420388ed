"""What has to come from the operating system, because pip cannot install it."""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from devtools.problem import Problem

_apt = threading.Lock()


def has_tkinter() -> bool:
    """Whether this Python can open windows.

    Asks for the compiled half: Debian ships the other half of tkinter without it.
    """
    return importlib.util.find_spec("_tkinter") is not None


def has_display() -> bool:
    """Whether a window could be shown here."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY"))


def need_tkinter() -> None:
    """See to it that this Python can open windows.

    Raises:
        Problem: it cannot, and nothing could be done about it from here.
    """
    if has_tkinter():
        return
    if sys.platform == "linux" and sys.base_prefix == "/usr":
        install({"python3-tk": "Tk, for the window"})
    else:
        raise Problem(
            f"The Python in {sys.base_prefix} was built without Tk, so it cannot open windows. "
            "Start dev.py with another Python (one from python.org or from the system has Tk), "
            "or build this one again after installing Tk's headers (Debian: tk-dev)."
        )


def need_ensurepip() -> None:
    """See to it that this Python can make virtual environments (Debian splits that off)."""
    if importlib.util.find_spec("ensurepip") is None:
        install({"python3-venv": "virtual environments"})


def need_programs(packages: dict[str, str]) -> None:
    """See to it that these programs exist; `packages` names the Debian package of each."""
    missing = {packages[name]: name for name in packages if shutil.which(name) is None}
    if missing:
        install(missing)


def need_postgres() -> None:
    """See to it that tests can start a PostgreSQL. Debian keeps its programs off the path."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        need_programs({"initdb": "postgresql"})


def is_debian_root() -> bool:
    """Whether packages can be installed here without asking anybody."""
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install(packages: dict[str, str]) -> None:
    """Install Debian packages; `packages` says for each what it is needed for.

    Raises:
        Problem: not on Debian or not as root, or apt-get failed.
    """
    names = sorted(packages)
    if not is_debian_root():
        uses = ", ".join(f"{package} ({use})" for package, use in sorted(packages.items()))
        raise Problem(
            f"Missing on this {platform.system()}, by the names of Debian's packages: {uses}.\n"
            f"On Debian or Ubuntu: sudo apt-get install {' '.join(names)}\n"
            "Elsewhere install the packages that correspond, then run this again."
        )
    print(f"Installing with apt-get: {' '.join(names)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _apt:
        for words in (["update", "-q"], ["install", "-qy", "--no-install-recommends", *names]):
            if subprocess.run(["apt-get", *words], env=environment, check=False).returncode:
                raise Problem(f"apt-get {words[0]} failed; its reason stands above.")
