"""The phone collector's settings, read and kept."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.phones.settings.fields import FIELDS
from core.phones.settings.model import Settings
from core.settings.load import keep_settings, read_settings
from core.settings.paths import Places, find_places
from core.settings.wrong import Source


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what a settings view or a report wants to know about them.

    `texts` are the values as they were given, without secrets; `unknown` are names in `.env`
    that no setting has: those of other programs, or typing mistakes.
    """

    settings: Settings
    texts: Mapping[str, str]
    sources: Mapping[str, Source]
    unknown: tuple[str, ...] = ()


def load_settings(demo: bool = False, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Errors as those of `load`."""
    return load(find_places(demo, environ), environ).settings


def load(places: Places, environ: Mapping[str, str] = os.environ) -> Loaded:
    """Read and check every setting. In the demo, server, files, schedule and Telegram keep their
    defaults whatever is set. Errors as those of `read_settings`.
    """
    values = read_settings(FIELDS, places, environ)
    settings = Settings(places=places, **values.by_attribute)
    return Loaded(settings, values.texts, values.sources, values.unknown)


def save(
    loaded: Loaded, changes: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> Loaded:
    """Keep changed settings, given as text by name, and read all settings anew.

    Errors and waits as those of `keep_settings`.
    """
    places = loaded.settings.places
    keep_settings(FIELDS, places, loaded.texts, changes, environ)
    return load(places, environ)
