"""`start --dry-run`: who would get what when."""

import argparse
import secrets
from collections.abc import Sequence

from core.campaigns.cli.opened import Opened
from core.campaigns.sending.line import Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.plan import copy_of, plan
from core.campaigns.settings import CampaignSettings
from core.campaigns.storage import sessions
from core.campaigns.terms import quiet_of, terms_of
from core.campaigns.until import until_moment
from core.cli import exit_codes
from core.cli.output import say
from core.formats import duration, number
from core.i18n import _, ngettext

_SHOWN = 60  # characters of a text


def show_dry_run(
    database: Opened,
    settings: CampaignSettings,
    senders: Sequence[Sender],
    options: argparse.Namespace,
) -> int:
    """A line a message; nothing is sent and nothing in the database changes."""
    now = database.clock.now()
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    terms = terms_of(settings)
    with database.transaction() as connection:
        copy = copy_of(connection, options.group, now)
    try:
        with copy.begin() as connection:
            session = sessions.begin(
                connection,
                options.group,
                options.cycles or settings.max_cycles,
                now,
                new=options.new_session,
                seed=seed,
                limits=terms.limits,
            )
        if session is None:
            say(_("The last session is completed: nothing would be sent."))
            return exit_codes.DONE
        until = until_moment(options.until, settings, now)
        orders = Orders(session, terms, quiet_of(settings), until)
        names = {sender.id: sender.name for sender in senders}
        count, last = 0, now
        for planned in plan(copy, orders, list(names), now):
            count, last = count + 1, planned.at
            text = " ".join(planned.text.split())
            text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
            local = planned.at.astimezone(settings.quiet_zone)
            say(f"{local:%Y-%m-%d %H:%M:%S}  {names[planned.sender]}  {planned.chat}  {text}")
    finally:
        copy.dispose()
    say(
        ngettext("{count} message in {time}.", "{count} messages in {time}.", count).format(
            count=number(count), time=duration((last - now).total_seconds())
        )
    )
    say(_("The same is sent with --seed {seed}.").format(seed=session.seed))
    return exit_codes.DONE
