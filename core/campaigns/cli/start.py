"""`app.py campaigns start [GROUP]`: send for a group, or go on with it."""

import argparse
import sys
from contextlib import ExitStack

from core.campaigns.cli.asking import add_demo
from core.campaigns.cli.dry_run import show_dry_run
from core.campaigns.cli.live import open_display, progress_line
from core.campaigns.cli.opened import Opened, opened
from core.campaigns.cli.parts import Ears, Parts
from core.campaigns.sending.campaign import Campaign
from core.campaigns.sending.forecast import seconds_left
from core.campaigns.sending.line import Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.queue import Queue
from core.campaigns.settings import CampaignSettings
from core.campaigns.storage import keeping_groups, sessions
from core.campaigns.storage.keeping_senders import senders_of
from core.campaigns.storage.progress import GroupProgress, progress_of
from core.campaigns.terms import quiet_of, terms_of
from core.campaigns.until import until_moment
from core.campaigns.words import Session
from core.cli import exit_codes
from core.cli.option_values import whole_number
from core.cli.output import say
from core.cli.signals import stopped_by_signals
from core.errors import UsageError
from core.formats import number
from core.i18n import _
from core.stop import StopSignal

LOOK_EVERY = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", nargs="?", help=_("name of the group"))
    parser.add_argument(
        "--workers", type=whole_number, help=_("how many of the senders work here; all without it")
    )
    parser.add_argument("--cycles", type=whole_number, help=_("how often each chat gets a message"))
    parser.add_argument(
        "--dry-run", action="store_true", help=_("show who would get what when, and send nothing")
    )
    parser.add_argument("--until", metavar="HH:MM", help=_("send nothing after this time"))
    parser.add_argument(
        "--new-session", action="store_true", help=_("begin again after a completed session")
    )
    parser.add_argument(
        "--no-listen", action="store_true", help=_("do not listen for who subscribes or stops")
    )
    parser.add_argument("--seed", type=int, help=_("repeat the chance of a dry run"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        if options.demo:
            from core.campaigns.cli.demo import demo

            database = stack.enter_context(demo(options))
        else:
            database = stack.enter_context(opened(pool_size=40))
        if options.group is None:
            _ask(database, options)
        settings = database.of_group(options.group)
        senders = _ready(database, options)
        if options.dry_run:
            return show_dry_run(database, settings, senders, options)
        session = _session(database, settings, options)
        if session is None:
            say(
                _(
                    "The last session of {group} is completed. Begin another with --new-session,"
                    " or let what failed be tried again: campaigns retry {group}."
                ).format(group=options.group)
            )
            return exit_codes.DONE
        return _send(database, settings, senders, session, options)


def _ask(database: Opened, options: argparse.Namespace) -> None:
    """Group, workers and dry run, from whoever sits at the terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(_("Name the group: campaigns start GROUP."))
    with database.transaction() as connection:
        rows = keeping_groups.all_groups(connection)
    if not rows:
        raise UsageError(
            _("There are no groups yet."), _("Make one: campaigns groups create NAME.")
        )
    for place, row in enumerate(rows, 1):
        say(
            _("{place}. {group}: chats {chats}, waiting {pending}").format(
                place=place, group=row.group_id, chats=row.tasks, pending=row.pending
            )
        )
    answer = input(_("Which group? ")).strip()
    names = [row.group_id for row in rows]
    if answer.isdecimal() and 1 <= int(answer) <= len(names) and answer not in names:
        answer = names[int(answer) - 1]
    if answer not in names:
        raise keeping_groups.NoSuchGroup(answer)
    options.group = answer
    answer = input(_("How many senders at once (Enter: all)? ")).strip()
    if answer:
        try:
            options.workers = whole_number(answer)
        except argparse.ArgumentTypeError as error:
            raise UsageError(str(error)) from None
    answer = input(_("Only show what would be sent? ")).strip().casefold()
    options.dry_run = answer in {"yes", "y", "да", "д"}


def _ready(database: Opened, options: argparse.Namespace) -> list[Sender]:
    """The senders that shall work. Raises UsageError where the group cannot be sent for."""
    group = options.group
    with database.transaction() as connection:
        senders = senders_of(connection, database.cipher, group)
        messages = [row for row in keeping_groups.messages_of(connection, group) if row.is_active]
        chats = progress_of(connection, group).chats
    if not senders:
        raise UsageError(
            _("No sender works for {group}.").format(group=group),
            _("campaigns senders check, then campaigns groups add-senders {group} NAME.").format(
                group=group
            ),
        )
    if not messages:
        raise UsageError(
            _("{group} has no messages.").format(group=group),
            _("Add some: campaigns import-messages FILE --group {group}.").format(group=group),
        )
    if not chats and options.no_listen:
        raise UsageError(
            _("{group} has no chats.").format(group=group),
            _("Add some: campaigns import-chats FILE --group {group}, or listen.").format(
                group=group
            ),
        )
    return senders[: options.workers] if options.workers else senders


def _session(
    database: Opened, settings: CampaignSettings, options: argparse.Namespace
) -> Session | None:
    cycles = options.cycles or settings.max_cycles
    with database.transaction() as connection:
        return sessions.begin(
            connection,
            options.group,
            cycles,
            database.clock.now(),
            new=options.new_session,
            seed=options.seed,
            limits=terms_of(settings).limits,
        )


def _send(
    database: Opened,
    settings: CampaignSettings,
    senders: list[Sender],
    session: Session,
    options: argparse.Namespace,
) -> int:
    stop, by_hand = StopSignal(), StopSignal()
    parts = Parts(database, settings, senders)
    terms, quiet = terms_of(settings), quiet_of(settings)
    until = until_moment(options.until, settings, database.clock.now())
    queue = Queue(database.engine, database.place, database.clock, database.owner)
    orders = Orders(session, terms, quiet, until)
    campaign = Campaign(queue, orders, senders, parts.open_line, parts.board, stop)

    def look() -> tuple[GroupProgress, float | None]:
        with database.transaction() as connection:
            progress = progress_of(connection, session.group)
        now = database.clock.now()
        left = seconds_left(progress.left, len(senders), terms.limits, now=now, quiet=quiet)
        return progress, left

    def asked() -> None:
        (stop.abandon if by_hand.is_set else stop.request)()
        by_hand.request()

    ears = None if options.no_listen else Ears(parts, session.group)
    with open_display(parts.board, look, database.clock.now) as display:
        with stopped_by_signals(asked):
            campaign.start()
            if ears is not None:
                ears.start()
            while not campaign.wait(LOOK_EVERY):
                display.refresh()
            if ears is not None:
                ears.stop()
        code = campaign.close()
        display.refresh()
    parts.close()
    progress, _left = look()
    say(progress_line(progress, None))
    if progress.unknown:
        say(
            _(
                "Unknown means: the message may have arrived. campaigns export shows which;"
                " campaigns retry --repeat-unknown sends them again. There are {count}."
            ).format(count=number(progress.unknown))
        )
    return exit_codes.STOPPED if by_hand.is_set else code
