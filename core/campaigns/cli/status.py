"""`app.py campaigns status [GROUP]`: where the groups stand."""

import argparse
import json

from core.campaigns.cli.asking import add_demo
from core.campaigns.cli.live import progress_line
from core.campaigns.cli.opened import Opened, opened
from core.campaigns.sending.forecast import seconds_left
from core.campaigns.storage.keeping_groups import all_groups, need_group
from core.campaigns.storage.keeping_senders import count_senders
from core.campaigns.storage.progress import GroupProgress, progress_of
from core.campaigns.terms import quiet_of, terms_of
from core.campaigns.words import SessionState, Wish
from core.cli import exit_codes
from core.cli.output import say
from core.formats import moment, number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", nargs="?", help=_("name of the group"))
    parser.add_argument("--json", action="store_true", help=_("for other programs"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    with opened(demo=options.demo) as database:
        with database.transaction() as connection:
            if options.group:
                need_group(connection, options.group)
                names = [options.group]
            else:
                names = [row.group_id for row in all_groups(connection)]
        found = [_look(database, name) for name in names]
    if options.json:
        say(json.dumps([_as_json(*one) for one in found]))
        return exit_codes.DONE
    if not found:
        say(_("There are no groups yet."))
    for progress, seconds in found:
        _tell(progress, seconds)
    return exit_codes.DONE


def _look(database: Opened, group: str) -> tuple[GroupProgress, float | None]:
    settings = database.of_group(group)
    with database.transaction() as connection:
        progress = progress_of(connection, group)
        senders = count_senders(connection, group)
    left = seconds_left(
        progress.left,
        senders,
        terms_of(settings).limits,
        now=database.clock.now(),
        quiet=quiet_of(settings),
    )
    return progress, left


def _tell(progress: GroupProgress, seconds: float | None) -> None:
    say(progress_line(progress, seconds if progress.state is SessionState.RUNNING else None))
    state = {
        None: _("never started"),
        SessionState.RUNNING: _("not completed"),
        SessionState.COMPLETED: _("completed"),
    }[progress.state]
    if progress.wish is Wish.PAUSE:
        state = _("{state}, paused").format(state=state)
    say("  " + _("Session: {state}").format(state=state))
    if progress.started_at is not None:
        say("  " + _("started {when}").format(when=moment(progress.started_at)))
    for label, value in (
        (_("Chats"), progress.chats),
        (_("waiting"), progress.pending),
        (_("being sent to"), progress.busy),
        (_("done"), progress.completed),
        (_("blocked"), progress.blocked),
    ):
        say(f"  {label:<24}{number(value):>12}")


def _as_json(progress: GroupProgress, seconds: float | None) -> dict[str, object]:
    return {
        "group": progress.group,
        "wish": progress.wish.value,
        "session": progress.state.value if progress.state else None,
        "run_id": progress.run_id or None,
        "started_at": progress.started_at.isoformat() if progress.started_at else None,
        "cycles": progress.cycles,
        "chats": progress.chats,
        "pending": progress.pending,
        "in_progress": progress.busy,
        "completed": progress.completed,
        "blocked": progress.blocked,
        "left": progress.left,
        "sent": progress.sent,
        "failed": progress.failed,
        "unknown": progress.unknown,
        "waiting": progress.waiting,
        "seconds_left": None if seconds is None else round(seconds),
    }
