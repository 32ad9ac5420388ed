"""`python dev.py bench [NAME …]`: every benchmark after the other, or those named.

They print their tables; what is kept of them stands in docs/benchmarks.md.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ALONE = ("normalizing", "collecting", "quick_mode", "telegram_runs", "window_loop")
ON_A_DATABASE = ("queries", "exporting")


def main(names: list[str]) -> int:
    """Returns the highest exit code."""
    chosen = names or [*ALONE, *ON_A_DATABASE]
    codes = [_run(name) for name in chosen if name in ALONE]
    if any(name in ON_A_DATABASE for name in chosen):
        with tempfile.TemporaryDirectory() as folder:
            database = str(Path(folder) / "big.db")
            codes.append(_run("make_database", database))
            codes += [_run(name, database) for name in chosen if name in ON_A_DATABASE]
    return max(codes, default=0)


def _run(name: str, *arguments: str) -> int:
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
