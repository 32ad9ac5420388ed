"""What options may be given: the text as a value, or what argparse shall say of it."""

import argparse
from pathlib import Path

from core.i18n import _


def whole_number(text: str) -> int:
    """From 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(_("must be a whole number, 1 or more"))
    return int(text)


def some_path(text: str) -> Path:
    """An empty one, such as that of a variable that is not set, would be the present folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError(_("must not be empty"))
    return Path(text)


def minutes(text: str) -> float:
    """More than 0."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(_("must be a number of minutes, more than 0"))
    return value
