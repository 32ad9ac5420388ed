"""A job in the foreground: shown, stopped by Ctrl+C or SIGTERM, judged."""

from collections.abc import Callable

from core.asking.limiter import Stopped
from core.cars.cli.display import Display
from core.cars.program import Program, open_program
from core.cli import exit_codes
from core.cli.output import say_error
from core.cli.signals import stopped_by_signals
from core.i18n import _
from core.turns import share_the_processor


def run_job(work: Callable[[Program, Display], int], *, demo: bool) -> int:
    """Do `work` and return its exit code, or that of a stop. For the main thread, which handles
    the signals. Raises UserErrors."""
    share_the_processor()
    with open_program(demo=demo) as program:
        display = Display()
        # What is in flight is given up: its page is asked again the next time.
        with stopped_by_signals(program.stop.abandon):
            try:
                return work(program, display)
            except Stopped:
                display.end()
                say_error(_("Stopped. The same command goes on from here."))
                return exit_codes.STOPPED
            finally:
                display.end()
