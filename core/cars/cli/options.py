"""Options that several commands have."""

import argparse
from datetime import date

from core.cli.option_values import whole_number
from core.i18n import _


def add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true", help=_("with made-up listings and a database of their own")
    )


def add_max_pages(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-pages", type=whole_number, metavar="N", help=_("read so many pages at most")
    )


def day(text: str) -> date:
    """YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("must be a day such as 2026-11-30")) from None
