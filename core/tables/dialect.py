"""How CSV is written where the operator's spreadsheet is set to the language of the program."""

from core.i18n import current_language

DELIMITERS = {";": ";", ",": ",", "tab": "\t"}  # as named on the command line


def usual_delimiter() -> str:
    """A Russian Excel takes the semicolon, because the comma is its decimal sign."""
    return ";" if current_language() == "ru" else ","


def decimal_sign(delimiter: str) -> str:
    """A comma for a Russian Excel, which takes 1.5 for the first of May.

    A point where the comma parts the columns, and in every other language.
    """
    return "," if current_language() == "ru" and delimiter != "," else "."
