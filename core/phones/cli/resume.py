"""`app.py continue`: goes on with the newest run if it is unfinished, or retries what failed."""

import argparse

from core.cli.option_values import whole_number
from core.errors import UsageError
from core.i18n import _
from core.own_name import own_name
from core.phones import wording
from core.phones.cli.running import execute_run
from core.phones.settings.load import load_settings
from core.phones.storage.queries.runs import find_run
from core.phones.storage.reader import Reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run",
        type=whole_number,
        metavar="N",
        help=_("the run to continue; else the newest, if it is unfinished"),
    )
    parser.add_argument("--demo", action="store_true", help=_("the unfinished run of the demo"))


def execute(options: argparse.Namespace) -> int:
    if options.run is not None:
        _refuse_what_cannot_be_continued(options.run, demo=options.demo)
    return execute_run(None, demo=options.demo, run_id=options.run, draw_growth=options.draw_growth)


def _refuse_what_cannot_be_continued(run_id: int, *, demo: bool) -> None:
    """Raises UsageError, and StorageFailure where there is no database."""
    with Reader(load_settings(demo=demo).database_path) as reader:
        run = find_run(reader, run_id)
    if run is None:
        raise UsageError(
            _("There is no run {run}.").format(run=run_id),
            _("`{program} runs` lists the runs there are.").format(program=own_name()),
        )
    if not run.can_be_continued:
        raise UsageError(
            _("Run {run} is {status}, and nothing failed in it.").format(
                run=run_id, status=wording.status(run.status)
            ),
            _("`{program} collect` starts a new one.").format(program=own_name()),
        )
