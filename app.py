"""DataMaster Collector: the window without a subcommand, the command line with one."""

import sys
from collections.abc import Sequence

from core.logs import log_from_the_start
from core.settings.load import use_language

WINDOW_OPTIONS = frozenset({"--demo", "--smoke-test"})


def main(arguments: Sequence[str]) -> int:
    """Run the program; returns the exit code of the process."""
    log_from_the_start()
    use_language()
    if all(word in WINDOW_OPTIONS for word in arguments):
        return _window(arguments)
    from core.cli.main import run
    from gui.charts.growth_picture import draw_growth  # loads matplotlib with the first picture

    return run(arguments, draw_growth)


def _window(arguments: Sequence[str]) -> int:
    from core.cli.no_window import explain_missing_window

    missing = explain_missing_window()
    if missing is not None:
        return missing
    from gui.app import run_window

    return run_window(demo="--demo" in arguments, smoke_test="--smoke-test" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
