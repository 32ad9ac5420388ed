"""`tokens create | list | revoke`, the same for each system that answers over HTTP."""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from core.cli import exit_codes
from core.cli.option_values import whole_number
from core.cli.output import say, say_error
from core.errors import UsageError
from core.formats import moment
from core.i18n import _
from core.web.tokens import KnownToken, TokenBook, digest, new_token

MOST_DESCRIBED = 200


def add_arguments(parser: argparse.ArgumentParser, scopes: Sequence[str] = ()) -> None:
    """`scopes` are what a token can be allowed; where there are none, each may all."""
    what = parser.add_subparsers(dest="what", metavar="create|list|revoke", required=True)
    create = what.add_parser("create", help=_("make a token; it is shown this once"))
    if scopes:
        create.add_argument(
            "--scope",
            action="append",
            required=True,
            metavar="|".join(scopes),
            choices=scopes,
            help=_("what it may do; can be given several times"),
        )
    create.add_argument(
        "--description",
        type=_described,
        default="",
        metavar="TEXT",
        help=_("whose it is, for the list"),
    )
    create.add_argument(
        "--expires", type=_end_of_day, metavar="YYYY-MM-DD", help=_("the last day it is good for")
    )
    listed = what.add_parser("list", help=_("all tokens, without the tokens themselves"))
    listed.add_argument("--json", action="store_true", help=_("for other programs"))
    revoke = what.add_parser("revoke", help=_("make a token useless, at once"))
    revoke.add_argument("number", type=whole_number, metavar="ID", help=_("as in the list"))


def execute(options: argparse.Namespace, book: TokenBook, length: int = 32) -> int:
    """Do what the options of `add_arguments` ask for. Raises UsageError, and what `book` does.

    A new token alone goes to stdout, so that a script can take it from there.
    """
    match options.what:
        case "create":
            _create(options, book, length)
        case "list":
            _list(book.all(), as_json=options.json)
        case "revoke":
            if not book.revoke(options.number):
                raise UsageError(
                    _("There is no token {number}.").format(number=options.number),
                    _("`tokens list` shows which there are."),
                )
            say(_("Token {number} is revoked.").format(number=options.number))
    return exit_codes.DONE


def _create(options: argparse.Namespace, book: TokenBook, length: int) -> None:
    token = new_token(length)
    scopes = list(dict.fromkeys(getattr(options, "scope", [])))
    number = book.add(digest(token), options.description, scopes, options.expires)
    say(token)
    say_error(
        _("This is token {number}. It is shown this once: keep it as you keep a password.").format(
            number=number
        )
    )


def _list(tokens: Sequence[KnownToken], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps([_as_json(token) for token in tokens]))
        return
    if not tokens:
        say(_("No token yet."))
        return
    never = _("never")
    rows = [(_("ID"), _("May"), _("Made"), _("Expires"), _("Last used"), _("Description"))]
    rows += [
        (
            str(token.id),
            ", ".join(token.scopes) or _("all"),
            moment(token.created_at),
            moment(token.expires_at) if token.expires_at else never,
            moment(token.last_used_at) if token.last_used_at else never,
            token.description,
        )
        for token in tokens
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def _as_json(token: KnownToken) -> dict[str, object]:
    def iso(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "id": token.id,
        "description": token.description,
        "scopes": list(token.scopes),
        "created_at": iso(token.created_at),
        "expires_at": iso(token.expires_at),
        "last_used_at": iso(token.last_used_at),
    }


def _described(text: str) -> str:
    if len(text) > MOST_DESCRIBED or not text.isprintable():
        raise argparse.ArgumentTypeError(
            _("must be a line of at most {most} characters").format(most=MOST_DESCRIBED)
        )
    return text.strip()


def _end_of_day(text: str) -> datetime:
    """The end of a local day, in UTC."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        end = datetime.combine(day + timedelta(days=1), time.min).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(_("must be a day such as 2027-12-31")) from None
    if end <= datetime.now(UTC):
        raise argparse.ArgumentTypeError(_("that day is over"))
    return end
