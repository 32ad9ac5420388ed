"""What the guides call a menu, a button or a setting is what the window calls it."""

import gettext
import re

import pytest

from core.i18n import DOMAIN, locale_folder
from tests.docs.pages import read

# Keys, what one writes to another program, what a symptom is called, and a format's own name.
_NOT_OF_THE_WINDOW = re.compile(r"F\d|.*Ctrl\+|Shift\+|/|.*\.$|Excel$")
_QUOTED = re.compile(r"\"([^\"]*)\"|«([^»]*)»")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_names_in_the_guide_are_those_of_the_window(language: str) -> None:
    guide = re.sub(r"\s+", " ", read(f"docs/guide.{language}.md"))
    quoted = [either or other for either, other in _QUOTED.findall(guide)]
    named = [*re.findall(r"\*\*(.+?)\*\*", guide), *(text for text in quoted if " → " in text)]
    names = [
        name for path in named if not _NOT_OF_THE_WINDOW.match(path) for name in path.split(" → ")
    ]
    assert len(names) > 50
    known = _texts(language)
    strange = [name for name in names if not any(text.startswith(name) for text in known)]
    assert not strange


def _texts(language: str) -> set[str]:
    """All texts of the program in that language."""
    with (locale_folder() / f"ru/LC_MESSAGES/{DOMAIN}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    if language == "ru":
        return set(catalogue.values())
    return {(key if isinstance(key, str) else key[0]).split("\4")[-1] for key in catalogue}
