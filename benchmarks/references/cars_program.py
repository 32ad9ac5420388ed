"""One step of the cars in this process, and where its time went.

python -m benchmarks.references.cars_program STEP, with the settings in the environment. Prints one
line of JSON: seconds of the whole, seconds spent waiting for answers, processor seconds, rows,
memory at its peak and on the way.
"""

import json
import sys
import time

import psutil

from benchmarks.memory import peak_mb
from core.asking import transport
from core.asking.transport import Reply
from core.cars.cli.display import Display
from core.cars.jobs.load import Load
from core.cars.jobs.normalize import Normalizing
from core.cars.jobs.update import update
from core.cars.listener import Progress
from core.cars.program import Program
from core.cars.settings import load_settings
from core.clock import SystemClock
from core.stop import StopSignal
from core.turns import share_the_processor

EVERY = 500  # pieces of progress between two looks at the memory


class Looking(Display):
    """Shows nothing and looks at the memory."""

    def __init__(self) -> None:
        super().__init__()
        self._process = psutil.Process()
        self._count = 0
        self.memory: list[float] = []

    def progress(self, progress: Progress) -> None:
        if self._count % EVERY == 0:
            self.memory.append(round(self._process.memory_info().rss / 1e6, 1))
        self._count += 1


def main() -> None:
    step = sys.argv[1]
    waited = 0.0
    usual = transport.Transport.get

    def get(self: transport.Transport, *given: object, **named: object) -> Reply:
        nonlocal waited
        began = time.perf_counter()
        try:
            return usual(self, *given, **named)  # type: ignore[arg-type]
        finally:
            waited += time.perf_counter() - began

    transport.Transport.get = get  # type: ignore[method-assign]
    share_the_processor()
    program = Program(load_settings(), StopSignal(), SystemClock())
    looking = Looking()
    began, used = time.perf_counter(), time.process_time()
    if step == "load":
        with program.fetching(looking) as job:
            rows = Load(job, once=True, max_pages=None, files=None).run().new
    elif step == "update":
        with program.fetching(looking) as job:
            counts = update(job).feed.counts
            rows = counts.added + counts.changed + counts.removed
    else:
        with program.surroundings(looking) as alone:
            rows = Normalizing(alone).run().done
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - began,
                "waited": waited,
                "cpu": time.process_time() - used,
                "rows": rows,
                "peak": peak_mb(),
                "memory": looking.memory,
            }
        )
    )


if __name__ == "__main__":
    main()
