"""How free the window's loop stays while a demo run works at full speed.

    python -m benchmarks.window_loop [--records N]

The whole program in one process, the built-in server too: harder than in real use, where the
server is elsewhere. Gaps are those of gui.pump: the time between two ticks, the planned pause
of 20 ms included.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from benchmarks.memory import peak_mb
from devtools.screen import virtual_screen
from gui.pump import LoopGaps

QUIET_MS = 5000  # after the start: the other views are built


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the gaps of the window's loop.")
    parser.add_argument("--records", type=int, default=1_000_000)
    records: int = parser.parse_args().records
    with virtual_screen() as display, tempfile.TemporaryDirectory() as home:
        os.environ["DISPLAY"] = display
        measure(records, Path(home))


def measure(records: int, home: Path) -> None:
    began = time.perf_counter()
    from core.phones.program import open_program
    from core.turns import keep_what_is_there, share_the_processor
    from gui import responsiveness, window_state
    from gui.main_window import MainWindow
    from gui.second_copy import OneWindow

    share_the_processor()
    projects, clients = max(100, records // 250), max(10, records // 420)
    environ = {
        **os.environ,
        "DATAMASTER_HOME": str(home),
        "DATAMASTER_DEMO": f"--records {records} --projects {projects} --clients {clients}",
        "RATE_LIMIT_DELAY": "0",
        "NOTIFICATIONS": "false",
    }
    program = open_program(demo=True, environ=environ)
    window = MainWindow(
        program,
        lambda demo: open_program(demo=demo, environ=environ),
        window_state.WindowState(),
        OneWindow(home),
        environ,
    )
    window.open()
    window.update()
    window.after(responsiveness.SETTLED_MS, keep_what_is_there)
    print(f"from the first import to a usable window: {time.perf_counter() - began:.2f} s")

    def start() -> None:
        report("idle, building the other views", window.pump.gaps)
        window.pump.gaps.reset()
        window.runs.start()
        wait()

    def wait() -> None:
        end = window.run.finished
        if end is None:
            window.after(200, wait)
            return
        report(f"{end.totals.received:,} records in {end.seconds:.0f} s", window.pump.gaps)
        window.shut_down()

    window.after(QUIET_MS, start)
    window.mainloop()
    print(f"memory at most {peak_mb():.0f} MB")


def report(what: str, gaps: LoopGaps) -> None:
    shares = ", ".join(
        f"{100 * s:g} % {1000 * gaps.percentile(s):.0f} ms" for s in (0.5, 0.95, 0.99)
    )
    print(f"{what}: {gaps.count} gaps, {shares}, longest {1000 * gaps.longest:.0f} ms")


if __name__ == "__main__":
    main()
