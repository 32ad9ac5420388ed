"""Several accounts side by side: each profile is a home of its own inside the home.

`<home>/profiles/<name>` holds `.env`, database, backups, exports and log of that profile, and its
tokens are kept under that folder's name. Whoever never names a profile has the home itself, as if
there were no such thing.
"""

import os
import re
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path

from core.errors import SettingsError, UsageError
from core.i18n import _
from core.system_words import system_reason

PROFILE_VARIABLE = "DATAMASTER_PROFILE"
OPTION = "--profile"
DEFAULT = "default"
"""How the home itself is named, where a profile has to be named."""

_FOLDER = "profiles"
_LONGEST = 40
_NAME = re.compile(r"[^\W_][\w .-]*")  # begins with a letter or digit of any language
# Names that Windows keeps for devices, whatever stands behind a point.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def take_profile(
    arguments: Sequence[str], environ: MutableMapping[str, str] = os.environ
) -> list[str]:
    """Note the profile that `--profile NAME` names, for `find_places`; returns what else is asked.

    The option may stand anywhere, before a `--`. Raises UsageError for a name that cannot be one.
    """
    left: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            left += [word, *words]
            break
        if word == OPTION:
            name = next(words, "")
        elif word.startswith(f"{OPTION}="):
            name = word.removeprefix(f"{OPTION}=")
        else:
            left.append(word)
            continue
        environ[PROFILE_VARIABLE] = checked_name(name)
    return left


def chosen_profile(environ: Mapping[str, str] = os.environ) -> str:
    """The profile of this process, empty for the home itself. Raises UsageError."""
    name = environ.get(PROFILE_VARIABLE, "").strip()
    return "" if name in {"", DEFAULT} else checked_name(name)


def profile_home(home: Path, name: str) -> Path:
    """The folder of a profile, which need not exist."""
    return home / _FOLDER / name if name and name != DEFAULT else home


def profiles(home: Path) -> list[str]:
    """The names of the profiles there are, without the home itself."""
    try:
        return sorted(
            (path.name for path in (home / _FOLDER).iterdir() if path.is_dir()), key=str.casefold
        )
    except OSError:  # none was made yet
        return []


def make_profile(home: Path, name: str) -> Path:
    """Make a profile; returns its folder. Raises UsageError where there is one of that name."""
    name = checked_name(name)
    if name == DEFAULT or name.casefold() in map(str.casefold, profiles(home)):
        raise UsageError(
            _("There is a profile “{name}” already.").format(name=name), _("Choose another name.")
        )
    folder = profile_home(home, name)
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            _("{path} cannot be used: {reason}.").format(path=folder, reason=system_reason(error)),
            _("Check the path, and that you may read and write there."),
        ) from error
    return folder


def existing_home(home: Path, name: str) -> Path:
    """The folder of a profile that there is, however it is capitalised. Raises UsageError."""
    if not name:
        return home
    for found in profiles(home):
        if found.casefold() == name.casefold():
            return profile_home(home, found)
    raise UsageError(
        _("There is no profile {name}.").format(name=name),
        _("Make it with: profiles --new {name}").format(name=name),
    )


def checked_name(name: str) -> str:
    """The name without outer spaces. Raises UsageError where it can be no profile's."""
    name = name.strip()
    if (
        not _NAME.fullmatch(name)
        or len(name) > _LONGEST
        or name.endswith(".")
        or _DEVICES.fullmatch(name)
    ):
        raise UsageError(
            _("'{name}' cannot be the name of a profile.").format(name=name),
            _("Use letters, digits, spaces, points and hyphens, 40 at most."),
        )
    return name
