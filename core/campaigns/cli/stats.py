"""`app.py campaigns stats [--by sender|group|day]`: what was sent."""

import argparse

from sqlalchemy import text

from core.campaigns.cli.asking import add_demo
from core.campaigns.cli.opened import opened
from core.cli import exit_codes
from core.cli.output import say
from core.formats import number
from core.i18n import _

_QUERIES = {
    "sender": "SELECT name, sent, failed FROM sender_stats ORDER BY name",
    "group": "SELECT group_id, sent, failed, unknown FROM group_stats ORDER BY group_id",
    "day": "SELECT day, SUM(sent), SUM(failed) FROM sender_daily_stats GROUP BY day ORDER BY day",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by", choices=sorted(_QUERIES), default="day", help=_("a line for each (days in UTC)")
    )
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    with opened(demo=options.demo) as database, database.transaction() as connection:
        rows = connection.execute(text(_QUERIES[options.by])).all()
    titles = [_("sent"), _("failed"), _("unknown")]
    if not rows:
        say(_("Nothing was sent yet."))
        return exit_codes.DONE
    shown = titles[: len(rows[0]) - 1]
    say(f"{'':<24}" + "".join(f"{title:>16}" for title in shown))
    for row in rows:
        say(f"{row[0]!s:<24}" + "".join(f"{number(int(value)):>16}" for value in row[1:]))
    return exit_codes.DONE
