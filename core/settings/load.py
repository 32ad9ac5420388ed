"""Where each setting comes from: environment, `.env`, credential store (tokens), default."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import SettingsError
from core.i18n import _, set_language
from core.logs.log_text import register_secret
from core.phones.settings.fields import BY_NAME, FIELDS
from core.phones.settings.model import Settings, Source, WrongSetting, WrongSettings, wrong_settings
from core.settings.envfile import read_env, write_env
from core.settings.paths import Places, find_places
from core.settings.secret import Secret
from core.settings.secrets import forget_token, load_token, store_token
from core.settings.setting_field import SettingField


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


def use_language(environ: Mapping[str, str] = os.environ) -> None:
    """Speak the language of the settings from here on, before they are all read and checked.

    So that help and complaints about settings are in it too. Where LANGUAGE or `.env` is wrong,
    `load` will say so: in the language of the environment or else of the system. Raises nothing.
    """
    field = BY_NAME["LANGUAGE"]
    in_file: Mapping[str, str] = {}
    with suppress(SettingsError):
        in_file = read_env(find_places(environ=environ).env_file)
    text, _source = _written(field, environ, in_file) or (field.usual(demo=False), None)
    try:
        set_language(str(field.read(text)))
    except ValueError:
        set_language("system")


def load(places: Places, environ: Mapping[str, str] = os.environ) -> Loaded:
    """Read and check every setting; an empty value counts as not set. Creates nothing.

    In the demo, server, files, schedule and Telegram keep their defaults whatever is set.
    Raises WrongSettings with all wrong values together, and SettingsError for an unreadable
    `.env`. Takes up to two seconds where a credential store does not answer.
    """
    in_file = read_env(places.env_file)
    texts: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for field in FIELDS:
        texts[field.name], sources[field.name] = _given(field, places, environ, in_file)
        if field.is_secret:
            _hide(texts[field.name])  # a wrong one too
    wrong = wrong_settings(texts, sources) or _shared_files(texts, sources, places)
    if wrong:
        raise WrongSettings(wrong, places.env_file)
    values: dict[str, Any] = {
        field.attribute: _value(field, texts[field.name], places) for field in FIELDS
    }
    return Loaded(
        settings=Settings(places=places, **values),
        texts={name: text for name, text in texts.items() if not BY_NAME[name].is_secret},
        sources=sources,
        unknown=tuple(name for name in in_file if name not in BY_NAME),
    )


def _given(
    field: SettingField, places: Places, environ: Mapping[str, str], in_file: Mapping[str, str]
) -> tuple[str, Source]:
    if field.in_demo or not places.demo:
        if (written := _written(field, environ, in_file)) is not None:
            return written
        if field.is_token and (token := load_token(field.name, places, environ)):
            return token.reveal(), Source.CREDENTIAL_STORE
    return field.usual(places.demo), Source.DEFAULT


def _written(
    field: SettingField, environ: Mapping[str, str], in_file: Mapping[str, str]
) -> tuple[str, Source] | None:
    text = environ.get(field.name, "").strip()
    if text and not _is_gettext_list(field, text):
        return text, Source.ENVIRONMENT
    if text := in_file.get(field.name, "").strip():
        return text, Source.ENV_FILE
    return None


def _is_gettext_list(field: SettingField, text: str) -> bool:
    """Whether LANGUAGE is the system's own variable of that name, such as `de_DE:de`.

    Many Linux desktops set it for every program; it says nothing about this one.
    """
    return field.attribute == "language" and (":" in text or "_" in text)


def _hide(text: str) -> None:
    """Keep a secret out of the log, and apart from it the password in a proxy's address."""
    register_secret(text)
    with suppress(ValueError):
        register_secret(unquote(urlsplit(text).password or ""))


def _shared_files(
    texts: Mapping[str, str], sources: Mapping[str, Source], places: Places
) -> list[WrongSetting]:
    """Of the database, the log and `.env` none may be the other: it would be written over."""
    taken = {os.path.normcase(places.env_file)}
    wrong = []
    for name in ("DATABASE_PATH", "LOG_FILE"):
        file = os.path.normcase(places.resolve(Path(texts[name]).expanduser()))
        if file in taken:
            allowed = _("a file that nothing else is written to")
            wrong.append(WrongSetting(name, f"'{texts[name]}'", allowed, sources.get(name)))
        taken.add(file)
    return wrong


def _value(field: SettingField, text: str, places: Places) -> object:
    value = field.read(text)
    return places.resolve(value) if isinstance(value, Path) else value


def save(
    loaded: Loaded, changes: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> Loaded:
    """Keep changed settings, given as text by name, and read all settings anew.

    Tokens go to the credential store, or to `.env` where there is none; everything else to
    `.env`. An empty text means the default. May wait for the credential store: not for the
    thread of the window. Nothing is written unless every value is right.

    Raises WrongSettings, or SettingsError where `.env` cannot be written.
    """
    places = loaded.settings.places
    texts = {name: text.strip() for name, text in changes.items()}
    wrong = wrong_settings(texts, {}) or _shared_files({**loaded.texts, **texts}, {}, places)
    if wrong:
        raise WrongSettings(wrong, places.env_file)
    plain = {name: text for name, text in texts.items() if not BY_NAME[name].is_token}
    if plain:
        write_env(places.env_file, plain)
    for name in texts.keys() - plain.keys():
        if texts[name]:
            store_token(name, Secret(texts[name]), places, environ)
        else:
            forget_token(name, places, environ)
    return load(places, environ)
