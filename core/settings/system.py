"""The settings of a system on servers: what all of them have, and how they are read."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from core.settings.common import LANGUAGE, LOG_FILE, LOG_FORMAT, LOG_LEVEL
from core.settings.load import read_settings
from core.settings.paths import Places, find_places
from core.settings.setting_field import SettingField

OF_ALL: tuple[SettingField, ...] = (LOG_FILE, LOG_LEVEL, LOG_FORMAT, LANGUAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSettings:
    """Those of `OF_ALL`, valid, paths absolute. A system adds one for each field it has."""

    places: Places
    log_file: Path
    log_level: str
    log_format: str
    language: str

    @classmethod
    def load(
        cls, fields: Sequence[SettingField], demo: bool, environ: Mapping[str, str] = os.environ
    ) -> Self:
        """The settings of this process, by the system's table. Raises what `read_settings` does."""
        places = find_places(demo, environ)
        return cls(places=places, **read_settings(fields, places, environ).by_attribute)
