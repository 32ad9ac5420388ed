"""A run in the foreground: started, shown, stopped by Ctrl+C or SIGTERM, judged."""

import sys

from core.cli import exit_codes
from core.cli.terminal import open_display
from core.events import Event, RunFinished
from core.logs import setup_logging
from core.program import open_program
from core.run_request import RunRequest
from core.storage.writer import WriterClosed  # noqa: F401

LOOK_EVERY = 0.2  # seconds; a signal is handled in between


def execute_run(request: RunRequest | None, *, demo: bool) -> int:
    """Start `request`, or continue where it is None; returns the exit code.

    For the main thread, which handles the signals. Raises SettingsError.
    """
    program = open_program(demo=demo)
    try:
        setup_logging(program.settings)
        if not demo:
            program.settings.required_token()
        collector = program.collector
        endings: list[RunFinished] = []

        def watch(event: Event) -> None:
            if isinstance(event, RunFinished):
                endings.append(event)

        with open_display(sys.stdout) as display:
            collector.watch(watch)
            collector.watch(display.show)
            with _stopped_by_signals(collector):
                if request is None:
                    collector.resume()
                else:
                    collector.start(request)
                while not collector.wait(LOOK_EVERY):
                    display.refresh()
            display.refresh()
        finished = endings[0]
        _tell(finished, program.settings.database_path)
        return exit_codes.of_run(finished)
    finally:
        program.close()
