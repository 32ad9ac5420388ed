"""`app.py collect`: a new run, watched in the terminal."""

import argparse
from pathlib import Path

from core.cli.option_values import minutes, whole_number
from core.errors import UsageError
from core.i18n import _
from core.phones.cli.running import execute_run
from core.phones.events import Mode
from core.phones.run_request import RunRequest, Selection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        default=Mode.FULL.value,
        help=_("read everything, only what can be new, or what is due (default: full)"),
    )
    add_selection(parser)
    parser.add_argument(
        "--new",
        action="store_true",
        help=_("begin a new database though backups of one are there"),
    )
    parser.add_argument(
        "--demo", action="store_true", help=_("made-up data, no token and no network needed")
    )


def add_selection(parser: argparse.ArgumentParser) -> None:
    """What to collect, and how much it may cost."""
    parser.add_argument(
        "--clients",
        metavar="LIST|@FILE",
        help=_("names or ids, separated by commas, or a file with one a line"),
    )
    parser.add_argument(
        "--limit-clients", type=whole_number, metavar="N", help=_("the first N clients")
    )
    parser.add_argument(
        "--limit-projects",
        type=whole_number,
        metavar="N",
        help=_("the first N projects of each client"),
    )
    parser.add_argument(
        "--max-pages", type=whole_number, metavar="N", help=_("the first N pages of each project")
    )
    parser.add_argument(
        "--max-requests", type=whole_number, metavar="N", help=_("end after so many requests")
    )
    parser.add_argument(
        "--max-minutes", type=minutes, metavar="N", help=_("end after so many minutes")
    )


def execute(options: argparse.Namespace) -> int:
    request = chosen_request(options, Mode(options.mode))
    return execute_run(
        request, demo=options.demo, anew=options.new, draw_growth=options.draw_growth
    )


def chosen_request(options: argparse.Namespace, mode: Mode) -> RunRequest:
    """What the options of `add_selection` ask for. Raises UsageError."""
    return RunRequest(
        mode=mode,
        selection=Selection(
            clients=chosen_clients(options.clients),
            limit_clients=options.limit_clients,
            limit_projects=options.limit_projects,
            max_pages=options.max_pages,
        ),
        max_requests=options.max_requests,
        max_minutes=options.max_minutes,
    )


def chosen_clients(text: str | None) -> tuple[str, ...]:
    """The clients of `--clients`; raises UsageError for a file that cannot be read."""
    if text is None:
        return ()
    if text.startswith("@"):
        path = Path(text[1:])
        try:
            words = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise UsageError(
                _("The file {path} cannot be read.").format(path=path),
                _("Give a text file in UTF-8 with one client a line."),
            ) from None
    else:
        words = text.split(",")
    chosen = tuple(word.strip() for word in words if word.strip())
    if not chosen:
        raise UsageError(_("--clients names no client."), _("Leave it out to collect all."))
    return chosen
