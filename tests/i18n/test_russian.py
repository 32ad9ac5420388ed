"""What a Russian editor would mark, as far as it can be written down as rules."""

import re
from collections.abc import Iterator

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

from core.phones.settings.fields import FIELDS
from devtools import messages

OF_OPERATORS = ("gui/", "core/phones/", "core/database/", "core/asking/", "core/errors.py")
OF_TERMINALS = ("/cli/", "core/phones/serv", "core/database/sql/")


def translated() -> Iterator[tuple[Message, str]]:
    with messages.po_path("ru").open("rb") as file:
        catalogue = read_po(file, locale="ru")
    for message in catalogue:
        if message.id:
            forms = message.string
            for text in forms if isinstance(forms, list | tuple) else [forms]:
                yield message, str(text)


def for_operators(message: Message) -> bool:
    """Whether somebody without a terminal may read it."""
    places = [place for place, _line in message.locations]
    return any(
        place.startswith(OF_OPERATORS) and not any(part in place for part in OF_TERMINALS)
        for place in places
    )


@pytest.mark.parametrize(
    ("rule", "mark"),
    [
        ("a run has its number behind the sign", r"[Зз]апуск\w* \{(id|run|newer|older|before)\}"),
        ("quotation marks are «»", "[“”\"„]|(?<!\\w)'\\{"),
        ("a dash is long, and a hyphen no dash", r" – |[^\d\W] - |\w--\w"),
        (
            "a unit does not leave its number",
            r"\} (с(?=[.,;)]|$)|(мин|ч|д|тыс\.|млн|млрд|[КМГТ]?Б|%)(?!\w))",
        ),
        ("№ does not leave its number", r"№ ?\{"),
        ("what is being done is told of the work, not of oneself", r"^\w+ю(сь)?\b.*…$"),
        ("a text is not doubled", r"\b(\w{3,}) \1\b"),
    ],
)
def test_rules_of_writing(rule: str, mark: str) -> None:
    faults = [text for _message, text in translated() if re.search(mark, text)]
    assert not faults, rule


def test_names_of_settings_stand_in_brackets_after_their_words() -> None:
    """An operator knows none of them; whoever keeps the servers needs them."""
    names = "|".join(sorted((field.name for field in FIELDS), key=len, reverse=True))
    faults = []
    for message, text in translated():
        plain = re.sub(r"\([^()]*\)", "", text)
        if for_operators(message) and re.search(rf"\b({names})\b|\{{setting\}}", plain):
            faults.append(text)
    assert not faults


def test_values_of_settings_are_no_words_for_operators() -> None:
    words = r"\b(DEBUG|INFO|WARNING|possible|valid|auto|tab)\b"
    assert not [
        text for message, text in translated() if for_operators(message) and re.search(words, text)
    ]
