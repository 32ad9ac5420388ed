"""Everything a developer does with this program, in one command each.

`python dev.py --help` lists them. Python alone is enough to start: the packages the program
needs are installed, pinned by hash, into `.venv` beside this file.
"""

import argparse
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (said in words instead of a SyntaxError below)
    sys.exit("This needs Python 3.11 or newer; this one is %d.%d." % sys.version_info[:2])  # noqa: UP031

from devtools import exe, pins, tasks
from devtools.problem import Problem

TASKS = {
    "setup": (tasks.setup, "install what the program needs; --server: the servers' packages too"),
    "demo": (tasks.demo, "try the program on made-up data: no token, no network"),
    "test": (tasks.test, "linter, types and the whole test suite: what CI runs"),
    "check": (tasks.check, "linter and types only"),
    "bench": (tasks.bench, "measure, and write docs/benchmarks.md"),
    "exe": (exe.build, "pack the program; --windows on Linux: the Windows program, with Wine"),
    "torture": (tasks.torture, "the long suite of kills, power cuts and full disks"),
    "screenshots": (tasks.screenshots, "draw docs/screenshots anew"),
    "messages": (tasks.messages, "collect the texts to translate, compile the translations"),
    "pins": (pins.resolve, "resolve requirements*.in anew, with hashes"),
}


def main() -> int:
    """Run one task; what it does not know itself is handed to the program it starts."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, text) in TASKS.items():
        commands.add_parser(name, help=text, description=text, add_help=False)
    options, more = parser.parse_known_args()
    task, _ = TASKS[options.command]
    try:
        return task(more)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
