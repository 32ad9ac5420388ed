"""Where each setting comes from: environment, `.env`, credential store (tokens), default.

Every system brings a table of its own (`SettingField`s); this reads any of them.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import UserError
from core.i18n import _, set_language
from core.logs.log_text import register_secret
from core.settings.common import LANGUAGE
from core.settings.envfile import read_env, write_env
from core.settings.paths import Places, find_places
from core.settings.secret import Secret
from core.settings.secrets import forget_token, load_token, store_token
from core.settings.setting_field import SettingField
from core.settings.wrong import Source, WrongSetting, WrongSettings, wrong_settings


@dataclass(frozen=True, slots=True)
class Values:
    """What was read for a table of settings.

    `by_attribute` are the checked values; `texts`, by name, are as they were given, without
    secrets; `unknown` are names in `.env` that are not in the table: those of other systems and
    programs, or typing mistakes.
    """

    by_attribute: Mapping[str, Any]
    texts: Mapping[str, str]
    sources: Mapping[str, Source]
    unknown: tuple[str, ...]


def use_language(environ: Mapping[str, str] = os.environ) -> None:
    """Speak the language of the settings from here on, before they are all read and checked.

    So that help and complaints about settings are in it too. Where LANGUAGE or `.env` is wrong,
    reading all will say so: in the language of the environment or else of the system. Raises
    nothing.
    """
    in_file: Mapping[str, str] = {}
    with suppress(UserError):  # told by whoever reads the settings
        in_file = read_env(find_places(environ=environ).env_file)
    text, _source = _written(LANGUAGE, environ, in_file) or (LANGUAGE.usual(demo=False), None)
    try:
        set_language(str(LANGUAGE.read(text)))
    except ValueError:
        set_language("system")


def read_settings(
    fields: Sequence[SettingField], places: Places, environ: Mapping[str, str] = os.environ
) -> Values:
    """Read and check every setting of a table; an empty value counts as not set. Creates nothing.

    In the demo, what is not `in_demo` keeps its default whatever is set. Secrets are masked in
    everything logged from here on. Raises WrongSettings with all wrong values together, and
    SettingsError for an unreadable `.env`. Takes up to two seconds where a credential store does
    not answer.
    """
    in_file = read_env(places.env_file)
    texts: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for field in fields:
        texts[field.name], sources[field.name] = _given(field, places, environ, in_file)
        if field.is_secret:
            _hide(texts[field.name])  # a wrong one too
    wrong = wrong_settings(fields, texts, sources)
    wrong = wrong or _shared_files(fields, texts, sources, places)
    if wrong:
        raise WrongSettings(wrong, places.env_file)
    names = {field.name for field in fields}
    return Values(
        by_attribute={
            field.attribute: _value(field, texts[field.name], places) for field in fields
        },
        texts={field.name: texts[field.name] for field in fields if not field.is_secret},
        sources=sources,
        unknown=tuple(name for name in in_file if name not in names),
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
    fields: Sequence[SettingField],
    texts: Mapping[str, str],
    sources: Mapping[str, Source],
    places: Places,
) -> list[WrongSetting]:
    """No file that is written to may be another one or `.env`: it would be written over."""
    taken = {os.path.normcase(places.env_file)}
    wrong = []
    for field in fields:
        if not field.written_to or not texts.get(field.name):
            continue
        text = texts[field.name]
        file = os.path.normcase(places.resolve(Path(text).expanduser()))
        if file in taken:
            allowed = _("a file that nothing else is written to")
            source = sources.get(field.name)
            wrong.append(WrongSetting(field.name, f"'{text}'", allowed, source))
        taken.add(file)
    return wrong


def _value(field: SettingField, text: str, places: Places) -> object:
    value = field.read(text)
    return places.resolve(value) if isinstance(value, Path) else value


def keep_settings(
    fields: Sequence[SettingField],
    places: Places,
    texts: Mapping[str, str],
    changes: Mapping[str, str],
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Keep changed settings, given as text by name; `texts` are the present ones.

    Tokens go to the credential store, or to `.env` where there is none; everything else to
    `.env`. An empty text means the default. May wait for the credential store: not for the
    thread of the window. Nothing is written unless every value is right.

    Raises WrongSettings, or SettingsError where `.env` cannot be written.
    """
    changed = {name: text.strip() for name, text in changes.items()}
    wrong = wrong_settings(fields, changed, {})
    wrong = wrong or _shared_files(fields, {**texts, **changed}, {}, places)
    if wrong:
        raise WrongSettings(wrong, places.env_file)
    tokens = {field.name for field in fields if field.is_token}
    plain = {name: text for name, text in changed.items() if name not in tokens}
    if plain:
        write_env(places.env_file, plain)
    for name in changed.keys() - plain.keys():
        if changed[name]:
            store_token(name, Secret(changed[name]), places, environ)
        else:
            forget_token(name, places, environ)
