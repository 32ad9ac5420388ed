"""Which language the program speaks, and that it can change while it runs."""

import asyncio
import shutil
import sys
import threading
import types

import pytest

from core import i18n
from core.i18n import (
    LANGUAGES,
    _,
    current_language,
    language_of_environment,
    locale_folder,
    ngettext,
    pgettext,
    set_language,
    speaking,
    system_language,
)


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    set_language("en")


def test_a_change_shows_at_the_next_call():
    assert (_("Settings"), current_language()) == ("Settings", "en")
    set_language("ru")
    assert (_("Settings"), current_language()) == ("Настройки", "ru")
    set_language("en")
    assert (_("Settings"), current_language()) == ("Settings", "en")


def test_the_language_holds_for_every_thread():
    set_language("ru")
    heard = []
    thread = threading.Thread(target=lambda: heard.append(_("Settings")))
    thread.start()
    thread.join()
    assert heard == ["Настройки"]


@pytest.mark.parametrize(
    ("count", "russian", "english"),
    [
        (0, "0 проектов", "0 projects"),
        (1, "1 проект", "1 project"),
        (2, "2 проекта", "2 projects"),
        (5, "5 проектов", "5 projects"),
        (11, "11 проектов", "11 projects"),
        (12, "12 проектов", "12 projects"),
        (21, "21 проект", "21 projects"),
        (111, "111 проектов", "111 projects"),
        (1_000_002, "1000002 проекта", "1000002 projects"),
    ],
)
def test_plurals(count, russian, english):
    assert ngettext("{n} project", "{n} projects", count).format(n=count) == english
    set_language("ru")
    assert ngettext("{n} project", "{n} projects", count).format(n=count) == russian


def test_what_is_not_translated_stays_english():
    set_language("ru")
    assert _("never written in the program") == "never written in the program"
    assert pgettext("elsewhere", "{n} h") == "{n} h"
    assert pgettext("duration", "{n} h") == "{n}\N{NO-BREAK SPACE}ч"
    assert ngettext("one thing of none", "things of none", 5) == "things of none"


def test_an_unknown_language_is_refused_and_changes_nothing():
    set_language("ru")
    with pytest.raises(ValueError, match="tlh"):
        set_language("tlh")
    assert current_language() == "ru"


@pytest.mark.parametrize("content", [None, b"", b"no catalogue", "cut"])
def test_a_broken_installation_speaks_english(monkeypatch, tmp_path, caplog, content):
    folder = tmp_path / "assets" / "locale" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    if content == "cut":
        content = (locale_folder() / "ru/LC_MESSAGES/collector.mo").read_bytes()[:100]
    if content is not None:
        (folder / "collector.mo").write_bytes(content)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    set_language("ru")
    assert _("Settings") == "Settings"
    assert "No texts in ru" in caplog.text


def test_the_packed_program_finds_its_texts(monkeypatch, tmp_path):
    shutil.copytree(locale_folder(), tmp_path / "assets" / "locale")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    set_language("ru")
    assert locale_folder().is_relative_to(tmp_path)
    assert _("Settings") == "Настройки"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru"}, "ru"),
        ({"LANG": "ru-RU"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, "ru"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "uk:ru:en"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LANGUAGE": "en_US:en"}, "en"),
        ({"LANG": "C", "LANGUAGE": "ru"}, "en"),  # as gettext has it
    ],
)
def test_language_of_the_environment(environ, language):
    assert language_of_environment(environ) == language


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked, not the environment")
def test_system_language_on_unix():
    assert system_language({"LANG": "ru_RU.UTF-8"}) == "ru"


@pytest.mark.parametrize(
    ("identifier", "language"), [(0x0419, "ru"), (0x0819, "ru"), (0x0809, "en"), (0x0407, "en")]
)
def test_system_language_on_windows(monkeypatch, identifier, language):
    """The real function cannot exist here; what is tested is what is made of its answer."""
    kernel = types.SimpleNamespace(GetUserDefaultUILanguage=lambda: identifier)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("ctypes.windll", types.SimpleNamespace(kernel32=kernel), raising=False)
    assert system_language({"LANG": "ru_RU.UTF-8"}) == language


def test_system_is_a_choice(monkeypatch):
    monkeypatch.setattr(i18n, "system_language", lambda: "ru")
    for name in ("system", ""):
        set_language("en")
        set_language(name)
        assert current_language() == "ru"


def test_each_language_has_a_catalogue():
    for language in LANGUAGES:
        exists = (locale_folder() / language / "LC_MESSAGES" / "collector.mo").exists()
        assert exists == (language != i18n.SOURCE_LANGUAGE)


def test_each_conversation_has_its_own_language():
    async def converse(language: str) -> list[str]:
        with speaking(language):
            words = [_("Settings"), current_language()]
            await asyncio.sleep(0)
            words.append(await asyncio.to_thread(_, "Settings"))
        return [*words, _("Settings")]

    async def both() -> list[list[str]]:
        return await asyncio.gather(converse("ru"), converse("en"))

    russian, english = asyncio.run(both())
    assert russian == ["Настройки", "ru", "Настройки", "Settings"]
    assert english == ["Settings", "en", "Settings", "Settings"]


def test_no_conversation_in_a_language_that_there_is_not():
    with pytest.raises(KeyError), speaking("de"):
        pass
