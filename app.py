"""DataMaster Collector: the window without a subcommand, the command line with one."""

import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

try:
    from core.cli.exit_codes import STOPPED
    from core.errors import UserError
    from core.logs.setup import log_from_the_start
    from core.private_files import keep_files_private
    from core.settings.load import use_language
    from core.settings.profiles import take_profile
except ImportError as error:  # a bare Python, or an old one
    sys.exit(
        f"This Python cannot run the program: {error}.\n"
        "It takes Python 3.11 or newer and the packages of requirements.txt. "
        "`python dev.py demo` installs them into .venv; start app.py with the Python in there."
    )
except KeyboardInterrupt:
    sys.exit(130)

if TYPE_CHECKING:
    from core.phones.storage.queries.runs import GrowthRow

WINDOW_OPTIONS = frozenset({"--demo", "--smoke-test"})

log = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """Run the program; returns the exit code of the process."""
    keep_files_private()
    log_from_the_start()
    windowed = False
    try:
        use_language()  # for what may be wrong with the profile
        arguments = take_profile(arguments)
        windowed = all(word in WINDOW_OPTIONS for word in arguments)
        use_language()
        return _window(arguments) if windowed else _command(arguments)
    except KeyboardInterrupt:  # before a run began: it answers Ctrl+C itself
        return STOPPED
    except UserError as error:  # of a profile: whatever else is wrong is told where it is used
        return _refused(error, attended=windowed)
    except Exception as error:
        attended = windowed and "--smoke-test" not in arguments
        return _crashed(error, attended=attended)


def _command(arguments: Sequence[str]) -> int:
    from core.cli.main import run
    from core.cli.parent_terminal import attach_to_parent_terminal
    from core.systems import COMMAND_LINE

    attach_to_parent_terminal()
    return run(arguments, COMMAND_LINE, {"draw_growth": _draw_growth})


def _draw_growth(rows: "Sequence[GrowthRow]") -> bytes | None:
    from gui.charts.growth_picture import draw_growth  # loads matplotlib

    return draw_growth(rows)


def _window(arguments: Sequence[str]) -> int:
    from core.cli.no_window import explain_missing_window
    from core.systems import COMMAND_LINE

    missing = explain_missing_window(COMMAND_LINE)
    if missing is not None:
        return missing
    from gui.app import run_window

    return run_window(demo="--demo" in arguments, smoke_test="--smoke-test" in arguments)


def _refused(error: UserError, *, attended: bool) -> int:
    """Say what is wrong before anything began; in a box where no terminal may be there."""
    from core.cli.main import complain

    code = complain(error)
    if attended:
        from gui.crash_dialog import show_crash

        show_crash(f"{error.message}\n{error.hint}")
    return code


def _crashed(error: Exception, *, attended: bool) -> int:
    """Say so, and leave a report; a box only where somebody is there to close it."""
    from core.cli.output import say_error
    from core.crash_report import describe_crash

    log.critical("unexpected error", exc_info=error)
    text = describe_crash(error)
    say_error(text)
    if attended:
        from gui.crash_dialog import show_crash

        show_crash(text)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
