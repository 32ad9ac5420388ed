"""Where files live: `.env`, the database, logs and exports.

Relative paths never depend on the folder that the program happens to be started from.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import platformdirs

from core.database.network import is_network_path
from core.errors import SettingsError
from core.i18n import _
from core.settings.profiles import chosen_profile, existing_home
from core.system_words import system_reason

APPLICATION = "DataMasterCollector"
HOME_VARIABLE = "DATAMASTER_HOME"

# Folders that a program keeps the same on several machines, by a word in the folder's name.
_SYNCHRONISED = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "yandexdisk",
    "yandex.disk",
    "яндекс.диск",
    "icloud",
    "mobile documents",
    "nextcloud",
    "mail.ru",
)


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of this process.

    `home` holds `.env`; `base` is what relative paths in the settings are relative to: `home`,
    or its sub-folder `demo`, so that the demo can never touch collected data. `usual` says
    that `home` is the user's application data folder; `profile` names the account where there
    are several (core.settings.profiles).
    """

    home: Path
    demo: bool = False
    usual: bool = False
    profile: str = ""

    @property
    def base(self) -> Path:
        return self.home / "demo" if self.demo else self.home

    @property
    def env_file(self) -> Path:
        """The `.env` file, which need not exist."""
        return self.home / ".env"

    def resolve(self, path: Path) -> Path:
        """`path` made absolute, `..` taken out; touches no disk."""
        return Path(os.path.abspath(self.base / path))  # noqa: PTH100 - resolve() asks the disk


def find_places(demo: bool = False, environ: Mapping[str, str] = os.environ) -> Places:
    """The folders by the rule of portable use.

    `DATAMASTER_HOME` if it is set (tests and services); else the folder of the program if there
    is a `.env` in it; else the user's application data folder. A profile, if one was chosen, is
    a home inside that one. Nothing is created.
    Raises SettingsError where DATAMASTER_HOME is no absolute path, and UsageError for a profile
    that there is not.
    """
    places = _without_profile(demo, environ)
    profile = chosen_profile(environ)
    if not profile:
        return places
    home = existing_home(places.home, profile)
    return Places(home, demo, profile=home.name)


def root_home(environ: Mapping[str, str] = os.environ) -> Path:
    """The home that profiles lie in, whichever was chosen. Raises SettingsError."""
    return _without_profile(False, environ).home


def _without_profile(demo: bool, environ: Mapping[str, str]) -> Places:
    chosen = environ.get(HOME_VARIABLE, "").strip()
    if chosen:
        home = Path(chosen)
        if not home.is_absolute():
            raise SettingsError(
                _("{name} must be a full path, not {path}.").format(name=HOME_VARIABLE, path=chosen)
            )
        return Places(home, demo)
    if (program_folder() / ".env").is_file():
        return Places(program_folder(), demo)
    usual = platformdirs.user_data_path(APPLICATION, appauthor=False)
    return Places(usual, demo, usual=True)


def program_folder() -> Path:
    """The folder of the .exe, or that of app.py when run from source."""
    if getattr(sys, "frozen", False):
        return Path(sys.executable).resolve().parent
    return Path(__file__).resolve().parents[2]


def make_writable(folder: Path) -> None:
    """Create `folder` where needed and prove that files can be written there.

    Raises SettingsError with what to do: not a folder, no rights, disk full or unreachable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingsError(
            _("Files cannot be written to {folder}: {reason}.").format(
                folder=folder, reason=system_reason(error)
            ),
            _("Allow writing there, or choose another folder in the settings."),
        ) from error


class Risk(StrEnum):
    """Why a folder is a bad place for a database; problem reports show the values."""

    NETWORK = "network_folder"
    CLOUD = "cloud_folder"

    def sentence(self, path: Path) -> str:
        """What may happen and what to do, in the present language."""
        if self is Risk.NETWORK:
            return _(
                "{path} lies on another computer: a lost connection can damage a database there. "
                "Choose a folder on this computer."
            ).format(path=path)
        return _(
            "{path} lies in a folder that is synchronised with a cloud: the database may be held, "
            "replaced or damaged there. Choose another folder on this computer."
        ).format(path=path)


def risky_location(path: Path, environ: Mapping[str, str] = os.environ) -> Risk | None:
    """Why `path` (which need not exist) is a bad place for a database; None where it is good.

    Looks at names and the system's list of mounts, never at the network.
    """
    if is_network_path(path):
        return Risk.NETWORK
    names = [part.casefold() for part in path.parts]
    if any(word in name for name in names for word in _SYNCHRONISED):
        return Risk.CLOUD
    roots = (environ.get(name) for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"))
    if any(root and path.is_relative_to(root) for root in roots):
        return Risk.CLOUD
    return None
