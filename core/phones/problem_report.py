"""'Collect a problem report': one zip that a user can send without giving anything away.

It holds the end of the log, the settings without secrets, versions and facts about the database
file. It holds no token, no whole phone number, no row of the database and no name of the user's
folder.
"""

import importlib.metadata
import os
import platform
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core import __version__
from core.errors import UserError
from core.i18n import _
from core.logs.log_text import masked, one_line
from core.phones.settings.fields import FIELDS
from core.phones.settings.model import Settings
from core.settings.kinds import ChatId
from core.settings.paths import risky_location
from core.system_words import system_reason

LOG_BYTES = 2_000_000


def write_problem_report(target: Path, settings: Settings, integrity: str) -> None:
    """Write the zip `target`, replacing a file of that name; its folder is made where needed.

    `integrity` is the answer of the database check ('ok', or what is wrong). Reads files of a
    few megabytes: not for the thread of the window. Raises UserError where it cannot be written;
    no half file is left then. What cannot be read is said in the report and is no error.
    """
    parts = {
        "log.txt": _log_tail(settings.log_file),
        "settings.txt": "\n".join(_settings(settings)),
        "versions.txt": "\n".join(_versions()),
        "database.txt": "\n".join(_database(settings.database_path, integrity)),
    }
    temporary = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(name, _anonymous(text) + "\n")
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UserError(
            _("The problem report could not be written to {path}: {reason}.").format(
                path=target, reason=system_reason(error)
            ),
            _("Choose another folder for it."),
        ) from error


def _anonymous(text: str) -> str:
    """Once more what the log does, for lines that an older or a broken program wrote."""
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~").replace(home.replace("\\", "\\\\"), "~")
    return masked(text)


def _log_tail(path: Path) -> str:
    """The last LOG_BYTES of the log, the newest backup included, from the begin of a line on."""
    data = b""
    for file in (path, path.with_name(path.name + ".1")):
        try:
            with file.open("rb") as stream:
                stream.seek(max(0, file.stat().st_size - (LOG_BYTES - len(data))))
                data = stream.read(LOG_BYTES - len(data)) + data
        except FileNotFoundError:
            continue
        except OSError as error:
            return f"{file.name} cannot be read: {type(error).__name__}"
    if len(data) == LOG_BYTES:
        data = data.partition(b"\n")[2]
    lines = data.decode("utf-8", "replace").splitlines()
    return "\n".join(one_line(line) for line in lines)


def _settings(settings: Settings) -> Iterator[str]:
    for field in FIELDS:
        value = getattr(settings, field.attribute)
        if field.is_secret or isinstance(field.kind, ChatId):
            value = "(set)" if value else "(empty)"
        yield f"{field.name} = {one_line(str(value))}"
    places = settings.places
    yield f"folder = {places.base} (demo: {places.demo}, application data: {places.usual})"


def _versions() -> Iterator[str]:
    yield f"DataMaster Collector {__version__}, packed: {getattr(sys, 'frozen', False)}"
    yield f"Python {sys.version}"
    yield f"System {platform.platform()} {platform.machine()}, {os.cpu_count()} processors"
    yield f"SQLite {sqlite3.sqlite_version}"
    packages = {
        f"{package.name} {package.version}" for package in importlib.metadata.distributions()
    }
    yield from sorted(packages, key=str.casefold)


def _database(path: Path, integrity: str) -> Iterator[str]:
    yield f"check: {integrity}"
    yield f"path: {path}"
    for name in (path.name, path.name + "-wal"):
        try:
            yield f"{name}: {path.with_name(name).stat().st_size} bytes"
        except OSError as error:
            yield f"{name}: {type(error).__name__}"
    try:
        yield f"free space: {shutil.disk_usage(path.parent).free} bytes"
    except OSError as error:
        yield f"free space: {type(error).__name__}"
    yield f"risk: {risky_location(path) or 'none'}"
