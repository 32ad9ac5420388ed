"""What is given to people: a zip of the folder with a page to read first, and checksums."""

import hashlib
import stat
import zipfile
from pathlib import Path

from core import __version__

NAME = "DataMasterCollector"
CHECKSUMS = "SHA256SUMS"
_README = Path(__file__).with_name("read_me_first.txt")


def pack(folder: Path, system: str) -> None:
    """Make the zip and the checksums in `folder`, which holds PyInstaller's results."""
    _write_for_notepad(folder / NAME / "READ ME FIRST.txt", _README.read_text(encoding="utf-8"))
    archive = folder / f"{NAME}-{__version__}-{system}.zip"
    for old in folder.glob(f"{NAME}-*.zip"):
        old.unlink()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for file in sorted((folder / NAME).rglob("*")):
            _add(target, file, str(file.relative_to(folder)))
    single = next(path for path in folder.glob(f"{NAME}.*") if path.is_file())
    lines = [f"{_sha256(file)}  {file.name}\n" for file in (archive, single)]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="ascii")


def _add(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    if not file.is_symlink():
        archive.write(file, name)
        return
    # Libraries on Linux have several names; as links they are packed once.
    link = zipfile.ZipInfo(name)
    link.create_system = 3  # Unix, where the mode below has a meaning
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(link, str(file.readlink()))


def _write_for_notepad(path: Path, text: str) -> None:
    # Windows' older Notepad needs both the mark at the beginning and the carriage returns.
    path.write_text(text, encoding="utf-8-sig", newline="\r\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
