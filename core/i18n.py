"""The texts of the program in the present language.

Texts in the code are English and stand in `_()`, `ngettext()` or `pgettext()`; translations are in
`assets/locale/<language>/LC_MESSAGES/collector.mo`, kept up to date by `devtools.messages`. The
language is looked up at each call, so it can change while the program runs: whoever keeps a text
instead of asking again (a window) asks again after `set_language`.

A program that speaks with several people at once says whom it is speaking with now: `speaking`.

Until `set_language` is called the language is English. Any thread may call what stands here.
"""

import gettext as catalogues
import logging
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

DOMAIN = "collector"
LANGUAGES: Mapping[str, str] = MappingProxyType({"ru": "Русский", "en": "English"})
"""Code of each language that the program speaks, and its own name for itself."""
SOURCE_LANGUAGE = "en"

# Primary language identifiers of Windows (the lower ten bits of a LANGID).
_WINDOWS_LANGUAGES = {0x19: "ru", 0x09: "en"}
_PRIMARY = 0x3FF

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts

_log = logging.getLogger(__name__)


def _(text: str) -> str:
    """The translation of `text`, or `text` itself where there is none."""
    return _present().translations.gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for `count` things: Russian has three of them."""
    return _present().translations.ngettext(singular, plural, count)


def pgettext(context: str, text: str) -> str:
    """As `_`, for a word that needs different translations in different places."""
    return _present().translations.pgettext(context, text)


def set_language(language: str) -> None:
    """Speak `language`: 'ru', 'en', or 'system' (also '') for that of the operating system.

    Raises ValueError for any other. A missing catalogue is logged and leaves the texts English.
    """
    global _speech
    chosen = system_language() if language in {"", "system"} else language
    if chosen not in LANGUAGES:
        raise ValueError(f"unknown language: {language}")
    _speech = _Speech(chosen, _load(chosen))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak 'ru' or 'en' within the block, and in asyncio's tasks and helper threads begun there.

    Everything else goes on in the language of the process. Raises KeyError for any other language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    if language not in _speeches:
        _speeches[language] = _Speech(language, _load(language))
    token = _here.set(_speeches[language])
    try:
        yield
    finally:
        _here.reset(token)


def current_language() -> str:
    """'ru' or 'en'."""
    return _present().language


def system_language(environ: Mapping[str, str] = os.environ) -> str:
    """The language of the user's desktop, English where the program does not speak it."""
    if sys.platform == "win32":
        import ctypes

        language = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return _WINDOWS_LANGUAGES.get(language & _PRIMARY, SOURCE_LANGUAGE)
    return language_of_environment(environ)


def language_of_environment(environ: Mapping[str, str]) -> str:
    """What LANGUAGE, LC_ALL, LC_MESSAGES and LANG ask for, in the order that gettext gives them."""
    locale = next((environ[name] for name in _LOCALE_VARIABLES if environ.get(name)), "C")
    if locale in {"C", "POSIX"} or locale.startswith("C."):
        return SOURCE_LANGUAGE
    for wanted in [*environ.get("LANGUAGE", "").split(":"), locale]:
        language = wanted.replace("-", "_").split("_")[0].split(".")[0].lower()
        if language in LANGUAGES:
            return language
    return SOURCE_LANGUAGE


def locale_folder() -> Path:
    """Where the catalogues are: beside the packages, or where PyInstaller unpacked them."""
    root = getattr(sys, "_MEIPASS", None) or Path(__file__).resolve().parents[1]
    return Path(root, "assets", "locale")


def _load(language: str) -> catalogues.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return catalogues.NullTranslations()
    try:
        return catalogues.translation(DOMAIN, locale_folder(), [language])
    except (OSError, ValueError, struct.error) as error:
        _log.warning("No texts in %s: %s", language, error)
        return catalogues.NullTranslations()


def _present() -> "_Speech":
    return _here.get() or _speech


@dataclass(frozen=True, slots=True)
class _Speech:
    language: str
    translations: catalogues.NullTranslations


_speech = _Speech(SOURCE_LANGUAGE, catalogues.NullTranslations())
_speeches: dict[str, _Speech] = {}  # those that `speaking` has needed
_here: ContextVar[_Speech | None] = ContextVar("speech", default=None)
