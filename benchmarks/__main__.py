"""`python dev.py bench [NAME …] [--quick]`: measures, prints its tables, writes docs/benchmarks.md.

Without names everything is measured, in half an hour to an hour. A benchmark of `SECTIONS` owns
the part of the page between its two comments; what the `SCRIPTS` print is written there by hand.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from benchmarks import report
from benchmarks.processes import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
# Each has TITLE, a docstring that says what is measured, and measure(quick) -> Finding.
SECTIONS = (
    "end_to_end",
    "stages",
    "normalizing",
    "growth",
    "in_flight",
    "pacing",
    "starting",
    "cars",
)
SCRIPTS = (
    "quick_mode",
    "smart_mode",
    "auto_pace",
    "date_field",
    "foreseeing",
    "telegram_runs",
    "hub_load",
    "service_guests",
    "packed_start",
    "window_loop",
    "campaign_claims",
)
SCRIPTS_ON_A_DATABASE = (
    "queries",
    "window_views",
    "exporting",
    "beside_a_run",
    "lookup",
    "number_ranges",
    "importing",
)


def main() -> int:
    everything = (*SECTIONS, *SCRIPTS, *SCRIPTS_ON_A_DATABASE)
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(everything))
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, without the scripts; writes nothing"
    )
    options = parser.parse_args()
    for name in options.names:
        if name not in everything:
            parser.error(f"there is no benchmark {name}; there are {', '.join(everything)}")
    names = options.names or (SECTIONS if options.quick else everything)
    measured = {name: _measure(name, options.quick) for name in SECTIONS if name in names}
    failed = [name for name, aims in measured.items() if aims is None]
    aims = [aim for found in measured.values() for aim in found or ()]
    if aims:
        print(f"\n{report.summary(aims)}", flush=True)
    if not options.names and not options.quick and not failed:
        text = f"## In short\n\n{report.summary(aims)}\n"
        report.write_section(PAGE, "summary", text)
    codes = [_run(name) for name in SCRIPTS if name in names]
    codes += _on_a_database([name for name in SCRIPTS_ON_A_DATABASE if name in names])
    if failed:
        print(f"\nNot measured: {', '.join(failed)}; the reasons stand above.", flush=True)
    return max(*codes, int(bool(failed)), 0)


def _measure(name: str, quick: bool) -> list[report.Aim] | None:
    """What it found of its aims; None where it failed, which ends none of the others."""
    module = importlib.import_module(f"benchmarks.{name}")
    before = report.load()
    try:
        found: report.Finding = module.measure(quick)
    except Exception:
        print(f"\n{name} failed:\n{traceback.format_exc()}", flush=True)
        return None
    text = report.section(module.TITLE, module.__doc__ or "", found.rows, (before, report.load()))
    print(f"\n{text}", flush=True)
    if not quick:
        report.write_section(PAGE, name, text)
    return list(found.aims)


def _on_a_database(names: list[str]) -> list[int]:
    """The exit codes of those scripts that are given a database of two million links."""
    if not names:
        return []
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "big.db")
        return [_run("make_database", database), *(_run(name, database) for name in names)]


def _run(name: str, *arguments: str) -> int:
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments]).returncode


if __name__ == "__main__":
    sys.exit(main())
