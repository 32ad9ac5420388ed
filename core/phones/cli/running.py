"""A run in the foreground: started, shown, stopped by Ctrl+C or SIGTERM, judged."""

import sys
import threading
from pathlib import Path

from core.cli.output import losses_do_not_matter, say, say_error
from core.cli.signals import stopped_by_signals
from core.formats import duration, number
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones import wording
from core.phones.after_run.results import Outcome, Result
from core.phones.after_run.words import result_line
from core.phones.cli.run_exit_code import of_run
from core.phones.cli.terminal import open_display
from core.phones.events import Event, RunFinished
from core.phones.program import open_program
from core.phones.run_request import RunRequest
from core.phones.telegram.surroundings import DrawGrowth
from core.turns import share_the_processor

LOOK_EVERY = 0.2  # seconds


def execute_run(
    request: RunRequest | None,
    *,
    demo: bool,
    run_id: int | None = None,
    anew: bool = False,
    draw_growth: DrawGrowth | None = None,
) -> int:
    """Start `request`, or continue where it is None: the run of number `run_id` if that is given.

    Returns the exit code. `anew`: a new database may take the place of one that is missing.

    `draw_growth` makes the picture that Telegram gets with the message of the end. For the main
    thread, which handles the signals. Raises SettingsError.
    """
    losses_do_not_matter()
    share_the_processor()
    program = open_program(demo=demo)
    try:
        setup_logging(program.settings)
        if not demo:
            program.settings.required_token()
        program.telegram.draw_growth = draw_growth
        program.attend()
        collector = program.collector
        endings: list[RunFinished] = []
        results: list[Result] = []
        program.after_run.on_result(lambda _run, found: results.extend(found))

        def watch(event: Event) -> None:
            if isinstance(event, RunFinished):
                endings.append(event)

        with open_display(sys.stdout) as display:
            collector.watch(watch)
            collector.watch(display.put)
            started = threading.Event()

            def stop() -> None:
                started.wait()  # before, there is nothing to stop; each Ctrl+C counts once
                collector.stop()

            # Before the run: an interrupted start would leave one that nobody can wait for.
            with stopped_by_signals(stop):
                try:
                    if request is None:
                        collector.resume(run_id)
                    else:
                        collector.start(request, anew=anew)
                finally:
                    started.set()
                while not collector.wait(LOOK_EVERY):
                    display.refresh()
            display.refresh()
        finished = endings[0]
        _tell(finished, program.settings.database_path)
        with stopped_by_signals(program.after_run.stop):
            program.after_run.wait()
        for result in results:
            (say_error if result.outcome is Outcome.FAILED else say)(result_line(result))
        return of_run(finished)
    finally:
        program.close()


def _tell(finished: RunFinished, database: Path) -> None:
    """The ending, the five numbers and where they are."""
    say(wording.finished(finished))
    if finished.reason is not None and (advice := wording.advice(finished.reason, finished.detail)):
        say(advice)
    if not finished.run_id:
        return
    totals = finished.totals
    for label, value in (
        (_("Clients"), totals.clients),
        (_("Projects"), totals.projects),
        (_("Valid numbers"), totals.valid),
        (_("New numbers"), totals.new),
        (_("Errors"), totals.errors),
    ):
        say(f"  {label:<24}{number(value):>12}")
    say(
        _("{requests} in {time}. Database: {path}").format(
            requests=wording.requests(totals.requests),
            time=duration(finished.seconds),
            path=database,
        )
    )
